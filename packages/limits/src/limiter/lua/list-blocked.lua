-- Lists blocked limit keys, the longest block first.
-- KEYS: 1 blocked limit keys (sorted set, see blocked.lua)
-- ARGV: 1 most of them
-- Returns member, end in ms, member, end in ms, ...
local NOW = clock()
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', NOW)
return redis.call('ZREVRANGE', KEYS[1], 0, tonumber(ARGV[1]) - 1, 'WITHSCORES')
