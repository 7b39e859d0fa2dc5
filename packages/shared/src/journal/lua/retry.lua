-- Puts failed items back and reopens the scan.
-- ARGV: 1 by  2.. resources; none = every failed one.  Returns {outcome, status, requeued}.
local status = redis.call('HGET', SCAN, 'status')
if not status then return { 'unknown' } end
local done = status == 'succeeded' or status == 'partial' or status == 'failed' or status == 'canceled'
if not done or redis.call('HEXISTS', SCAN, 'total') == 0 then return { 'wrong-state', status } end
local wanted = {}
if #ARGV == 1 then
  wanted = redis.call('ZRANGE', SET.failed, 0, -1)
else
  for index = 2, #ARGV do
    local state = load_state(ARGV[index])
    if state and (state.s == 'failed' or state.s == 'canceled') then wanted[#wanted + 1] = ARGV[index] end
  end
end
if #wanted == 0 then return { 'unchanged', status, 0 } end

local id, cluster = redis.call('HGET', SCAN, 'id'), redis.call('HGET', SCAN, 'cluster')
redis.call('HSET', SCAN, 'status', 'queued')
redis.call('HDEL', SCAN, 'finishedAt', 'problem', 'recent')
redis.call('HINCRBY', SCAN, 'runAttempt', 1)
redis.call('SADD', ACTIVE, id)
redis.call('HSETNX', GUARD, cluster, id)
for_each_key('PERSIST')
for _, resource in ipairs(wanted) do
  local state = load_state(resource)
  if state.fr then redis.call('HINCRBY', SCAN, 'failed:' .. state.fr, -1) end
  state.fr, state.p, state.ft, state.na, state.d = nil, nil, nil, nil, nil
  state.n, state.l, state.e = 0, 0, state.e + 1
  local seq = event('resource.requeued', '{"resource":' .. quote(resource) .. ',"by":' .. quote(ARGV[1]) .. '}')
  move(resource, state, 'queued', seq)
end
return { 'changed', 'queued', #wanted }
