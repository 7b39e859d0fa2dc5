-- Renews leases. A lease past its end can be renewed while no other owner has taken it.
-- KEYS: leases
-- ARGV: 1 ms of a lease  2 TTL of its key in ms  3.. the owner of each
-- Returns for each 1, or 0 when the owner no longer holds it.
local time = redis.call('TIME')
local held_until = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[1]
local renewed = {}
for index, key in ipairs(KEYS) do
  renewed[index] = 0
  if redis.call('HGET', key, 'owner') == ARGV[index + 2] then
    redis.call('HSET', key, 'until', held_until)
    redis.call('PEXPIRE', key, ARGV[2])
    renewed[index] = 1
  end
end
return renewed
