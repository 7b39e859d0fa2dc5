-- Lets a type of a scan be tried again while retries are at most a share of what has succeeded, and some more.
-- KEYS: 1 retries (hash resource -> epoch of its last retry, '' -> how many)  2 succeeded (sorted set)
-- ARGV: 1 resource  2 epoch of the start that failed  3 retries for nothing  4 successes that earn one  5 seconds to keep
-- Returns 1 when it may, else 0. The same start asks as often as it likes and spends once.
local resource, epoch = ARGV[1], tonumber(ARGV[2])
if tonumber(redis.call('HGET', KEYS[1], resource) or '-1') >= epoch then return 1 end
local spent = tonumber(redis.call('HGET', KEYS[1], '') or '0')
local granted = tonumber(ARGV[3]) + math.floor(redis.call('ZCARD', KEYS[2]) / tonumber(ARGV[4]))
if spent >= granted then return 0 end
redis.call('HSET', KEYS[1], resource, epoch, '', spent + 1)
redis.call('EXPIRE', KEYS[1], ARGV[5])
return 1
