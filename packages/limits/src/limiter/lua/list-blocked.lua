-- Lists the blocked limit keys, the longest block first.
-- KEYS: 1 blocked limit keys (sorted set, see block-index.lua)
-- ARGV: 1 maximum number of keys
-- Returns key, end in ms, key, end in ms, ...
local NOW, count = clock(), tonumber(ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', NOW)
return redis.call('ZREVRANGE', KEYS[1], 0, count - 1, 'WITHSCORES')
