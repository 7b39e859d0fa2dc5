-- Notes the heartbeat of a worker on the clock of Redis, whatever the clocks of the machines say.
-- KEYS: 1 workers by their last heartbeat  2 since when heartbeats come without a gap
-- ARGV: 1 worker  2 ms after which a worker counts as gone  3 ms without any heartbeat that make a gap
-- Returns how many workers count as gone and are forgotten now.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local since = redis.call('GET', KEYS[2]) or now
redis.call('SET', KEYS[2], since, 'PX', ARGV[3])
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('PEXPIRE', KEYS[1], 2 * ARGV[2])
return redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
