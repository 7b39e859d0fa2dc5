-- One consistent read of a scan.
-- Returns {scan hash, {count of each status}, {resource, state, ...} of the newest failures, now}.
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
return { redis.call('HGETALL', SCAN), counts, failures, NOW }
