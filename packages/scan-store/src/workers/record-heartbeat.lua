-- Records the heartbeat of a worker. Uses the clock of Redis, because the clocks of the machines differ.
-- KEYS: 1 workers by last heartbeat  2 start of the current run of heartbeats without a gap
-- ARGV: 1 worker  2 worker timeout in ms  3 ms without any heartbeat that count as a gap
-- Returns the number of timed-out workers that were removed.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local since = redis.call('GET', KEYS[2]) or now
redis.call('SET', KEYS[2], since, 'PX', ARGV[3])
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('PEXPIRE', KEYS[1], 2 * ARGV[2])
return redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[2])
