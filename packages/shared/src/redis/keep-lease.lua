-- Prolongs or ends a lease that is still ours.
-- KEYS: 1 lease
-- ARGV: 1 owner  2 milliseconds from now; 0 ends it
-- Returns 1, or 0 when it is not ours.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '0' then redis.call('DEL', KEYS[1]) else redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return 1
