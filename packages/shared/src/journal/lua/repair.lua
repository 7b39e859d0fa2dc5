-- Puts every item into the one set that its recorded state names.  Returns the resources that were wrong.
local repaired = {}
local states = redis.call('HGETALL', STATES)
for index = 1, #states, 2 do
  local resource, state = states[index], cjson.decode(states[index + 1])
  local wrong = false
  for _, status in ipairs(STATUS) do
    local inside = redis.call('ZSCORE', SET[status], resource)
    if inside and status ~= state.s then
      redis.call('ZREM', SET[status], resource)
      wrong = true
    elseif not inside and status == state.s then
      redis.call('ZADD', SET[status], state.s == 'queued' and state.i or redis.call('HGET', SCAN, 'seq'), resource)
      wrong = true
    end
  end
  if wrong then repaired[#repaired + 1] = resource end
end
for _, status in ipairs(STATUS) do
  for _, resource in ipairs(redis.call('ZRANGE', SET[status], 0, -1)) do
    if redis.call('HEXISTS', STATES, resource) == 0 then
      redis.call('ZREM', SET[status], resource)
      repaired[#repaired + 1] = resource
    end
  end
end
if #repaired > 0 then seal_if_over() end
return repaired
