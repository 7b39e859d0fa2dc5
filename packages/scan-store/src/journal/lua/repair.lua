-- Rebuilds sets, counters and indexes from the recorded states of items, which are the truth.
-- ARGV: 1 scan id.  Returns the repaired resources.
local status = redis.call('HGET', SCAN, 'status')
if not status then
  redis.call('HDEL', ACTIVE, ARGV[1])
  if redis.call('ZREM', SCANS, ARGV[1]) == 1 then announce('forgotten') end
  return {}
end
local newest = redis.call('XREVRANGE', EVENTS, '+', '-', 'COUNT', 1)[1]
local seq = newest and tonumber(string.match(newest[1], '^%d+')) or 0
if seq > tonumber(redis.call('HGET', SCAN, 'seq')) then redis.call('HSET', SCAN, 'seq', seq) end
seq = tonumber(redis.call('HGET', SCAN, 'seq'))
local known = redis.call('HKEYS', ITEMS)
if redis.call('HEXISTS', SCAN, 'total') == 0 or #known == 0 then return {} end

-- resource -> the sets that contain it. A consistent item is in exactly one.
local inside = {}
for _, name in ipairs(STATUS) do
  local members = redis.call('ZRANGE', SET[name], 0, -1, 'WITHSCORES')
  for index = 1, #members, 2 do
    local sets = inside[members[index]] or {}
    inside[members[index]] = sets
    sets[#sets + 1] = { name, members[index + 1] }
  end
end
local states = {}
local stored = redis.call('HGETALL', STATES)
for index = 1, #stored, 2 do states[stored[index]] = cjson.decode(stored[index + 1]) end

BATCH = {}
local repaired, reasons, discarded = {}, {}, 0
local function repair_item(resource, state, sets)
  for _, set in ipairs(sets) do redis.call('ZREM', SET[set[1]], resource) end
  place(resource, state, state.s, state.q)
  repaired[#repaired + 1] = resource
end
for index, resource in ipairs(known) do
  local state, sets = states[resource], inside[resource] or {}
  inside[resource] = nil
  if not state then
    -- Only its membership in a set is left. Each claim wrote an event, so no epoch is above seq.
    local set = #sets == 1 and TERMINAL[sets[1][1]] and sets[1] or { 'queued', index }
    state = { s = set[1], q = tonumber(set[2]), e = seq, n = 0, l = 0, i = index }
    if state.s == 'failed' then
      state.fr = 'internal'
      state.p = '{"reason":"internal","title":"The record of this failure was lost","retryable":true}'
    end
    repair_item(resource, state, sets)
  elseif #sets ~= 1 or sets[1][1] ~= state.s then
    repair_item(resource, state, sets)
  end
  if state.r == 'discarded' then discarded = discarded + 1 end
  if state.s == 'failed' and state.fr then reasons[state.fr] = (reasons[state.fr] or 0) + 1 end
end
-- The remaining members were never planned.
for resource, sets in pairs(inside) do
  for _, set in ipairs(sets) do redis.call('ZREM', SET[set[1]], resource) end
  redis.call('HDEL', STATES, resource)
  repaired[#repaired + 1] = resource
end

local tokens, micros, left, waits = 0, 0, 0, {}
for _, state in pairs(states) do
  if state.wf then waits[state.wf] = (waits[state.wf] or 0) + 1 end
  if state.s == 'running' then tokens, micros = tokens + (state.rt or 0), micros + (state.rm or 0) end
  if not TERMINAL[state.s] then left = left + (state.et or 0) end
end
redis.call('HSET', SCAN, 'total', #known, 'reservedTokens', tokens, 'reservedMicros', micros,
  'leftTokens', left, 'discarded', discarded)
for _, field in ipairs(redis.call('HKEYS', SCAN)) do
  if string.match(field, '^failed:') or string.match(field, '^waits:') then redis.call('HDEL', SCAN, field) end
end
for scan, number in pairs(waits) do redis.call('HSET', SCAN, 'waits:' .. scan, number) end
for reason, number in pairs(reasons) do redis.call('HSET', SCAN, 'failed:' .. reason, number) end

if status == 'canceling' then
  flush()
  cancel_waiting(#known)
end
flush()
if DONE[status] and unfinished() > 0 then reopen('running') end
if not DONE[redis.call('HGET', SCAN, 'status')] then
  activate()
  seal_if_over()
else
  redis.call('HDEL', ACTIVE, ARGV[1])
  -- A set that was empty before is a new key without a TTL.
  local left = redis.call('TTL', SCAN)
  for_each_key('EXPIRE', left > 0 and left or KEEP_SECONDS)
end
-- A repair appends no event, but changes the counts.
if #repaired > 0 then announce('state') end
return repaired
