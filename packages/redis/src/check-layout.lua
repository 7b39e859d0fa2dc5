-- Writes the version of the layout of all keys, or says which one is there.
-- KEYS: 1 version of the layout  2 a key that only the layout without a version had
-- ARGV: 1 version of this process
-- Returns the version that is there now, 'none' for keys of a layout without one.
local found = redis.call('GET', KEYS[1])
if found then return found end
if redis.call('EXISTS', KEYS[2]) == 1 then return 'none' end
redis.call('SET', KEYS[1], ARGV[1])
return ARGV[1]
