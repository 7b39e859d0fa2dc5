-- Releases leases, each only for its owner.
-- KEYS: leases
-- ARGV: the owner of each
-- Returns how many were released.
local released = 0
for index, key in ipairs(KEYS) do
  if redis.call('HGET', key, 'owner') == ARGV[index] then released = released + redis.call('DEL', key) end
end
return released
