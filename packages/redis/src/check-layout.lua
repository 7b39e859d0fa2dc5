-- Stores the version of the key layout unless one is stored.
-- KEYS: 1 stored version  2 a key that exists only in the layout before versions
-- ARGV: 1 version of this process
-- Returns the stored version, 'none' for keys of the layout before versions.
local found = redis.call('GET', KEYS[1])
if found then return found end
if redis.call('EXISTS', KEYS[2]) == 1 then return 'none' end
redis.call('SET', KEYS[1], ARGV[1])
return ARGV[1]
