-- One consistent read of a scan.
-- Returns {scan hash, {count of each status}, {resource, state, ...} of the newest failures, time of Redis in ms,
-- {other scan, number of types that wait for its calls, ...}, mean of its model or '', newest start of a running type or 0}.
local failures = {}
for _, resource in ipairs(redis.call('ZREVRANGE', SET.failed, 0, 4)) do
  local state = redis.call('HGET', STATES, resource)
  if state then
    failures[#failures + 1] = resource
    failures[#failures + 1] = state
  end
end
local counts = {}
for index, status in ipairs(STATUS) do counts[index] = count(status) end
local hash, waits = redis.call('HGETALL', SCAN), {}
for index = 1, #hash, 2 do
  local other = string.match(hash[index], '^waits:(.+)$')
  -- Items that waited for a finished scan have not been claimed again yet.
  if other and redis.call('HEXISTS', ACTIVE, other) == 1 then
    waits[#waits + 1] = other
    waits[#waits + 1] = tonumber(hash[index + 1])
  end
end
local route = redis.call('HMGET', SCAN, 'provider', 'model')
local mean = route[1] and redis.call('HGET', MODEL_MEANS, route[1] .. ' ' .. route[2])
-- The score of a running item is the number of the event that started it.
local newest = redis.call('ZREVRANGE', SET.running, 0, 0)[1]
local running = newest and load_state(newest)
return { hash, counts, failures, NOW, waits, mean or '', running and running.st or 0 }
