-- The only clock is Redis' own, because those of the clients disagree.
local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
