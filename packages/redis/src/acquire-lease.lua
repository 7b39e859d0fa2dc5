-- Acquires a free lease, or renews a lease that the owner holds.
-- KEYS: 1 lease
-- ARGV: 1 owner  2 ttl in ms
-- Returns 1 when the owner holds it, else 0.
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
