-- Requeues failed items and reopens the scan.
-- ARGV: 1 by  2 token, equal when the client library repeats the command  3 RouteBounds (JSON)
--       4.. resources, each failed or canceled; empty = every failed one
-- Returns {outcome, status, requeued}; or {'not-failed', status, resources that are neither} without any change.
local status = redis.call('HGET', SCAN, 'status')
if not status then return { 'unknown' } end
if redis.call('HGET', SCAN, 'retryToken') == ARGV[2] then
  return { 'changed', status, tonumber(redis.call('HGET', SCAN, 'retried')) }
end
if not DONE[status] or redis.call('HEXISTS', SCAN, 'total') == 0 then return { 'wrong-state', status } end
local wanted, others, seen = {}, {}, {}
if #ARGV == 3 then
  wanted = redis.call('ZRANGE', SET.failed, 0, -1)
else
  for index = 4, #ARGV do
    local state = load_state(ARGV[index])
    if state and (state.s == 'failed' or state.s == 'canceled') then wanted[#wanted + 1] = ARGV[index]
    elseif not seen[ARGV[index]] then others[#others + 1] = ARGV[index] end
    seen[ARGV[index]] = true
  end
end
if #others > 0 then return { 'not-failed', status, others } end
if #wanted == 0 then return { 'unchanged', status, 0 } end
local bound = announce_route(cjson.decode(redis.call('HGET', SCAN, 'active')), cjson.decode(ARGV[3]), NOW)
if bound then return { 'overloaded-by-' .. bound, status } end

reopen('queued')
redis.call('HINCRBY', SCAN, 'runAttempt', 1)
BATCH = {}
announce_start()
local requeued = 0
for _, resource in ipairs(wanted) do
  local state = load_state(resource)
  -- A resource named twice is requeued once. `repair` handles members without a state.
  if state and TERMINAL[state.s] then
    requeued = requeued + 1
    if state.fr then redis.call('HINCRBY', SCAN, 'failed:' .. state.fr, -1) end
    state.fr, state.p, state.st, state.ft = nil, nil, nil, nil
    state.n, state.l, state.e = 0, 0, state.e + 1
    local seq = event('resource.requeued', '{"resource":' .. quote(resource) .. ',"by":' .. quote(ARGV[1]) .. '}')
    move(resource, state, 'queued', seq)
    -- Written now, because the same resource may be named again.
    if #ARGV > 3 then flush() end
  end
end
redis.call('HSET', SCAN, 'retryToken', ARGV[2], 'retried', requeued)
seal_if_over()
return { 'changed', redis.call('HGET', SCAN, 'status'), requeued }
