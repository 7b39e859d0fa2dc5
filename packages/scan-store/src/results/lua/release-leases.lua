-- Releases each lease that its owner still holds.
-- KEYS: leases
-- ARGV: the owner of each
-- Returns the number of released leases.
local released = 0
for index, key in ipairs(KEYS) do
  if redis.call('HGET', key, 'owner') == ARGV[index] then released = released + redis.call('DEL', key) end
end
return released
