-- Takes a lock, or makes one that is ours last longer.
-- KEYS: 1 lock  ARGV: 1 owner  2 ms
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
