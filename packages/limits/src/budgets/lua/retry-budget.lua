-- Allows a retry of a type of a scan, while retries are at most a share of the successes plus a fixed number.
-- KEYS: 1 retries (hash resource -> epoch of its last retry, '' -> total)  2 succeeded (sorted set)
-- ARGV: 1 resource  2 epoch of the failed attempt  3 retries without a success  4 successes that earn one retry
-- 5 seconds to keep
-- Returns 1 if the retry is allowed, else 0. A repeated request for the same attempt costs nothing.
local RETRIES, SUCCEEDED = KEYS[1], KEYS[2]
local resource, epoch, keep_seconds = ARGV[1], tonumber(ARGV[2]), ARGV[5]
local initial_retries, successes_per_retry = tonumber(ARGV[3]), tonumber(ARGV[4])
if tonumber(redis.call('HGET', RETRIES, resource) or '-1') >= epoch then return 1 end
local spent = tonumber(redis.call('HGET', RETRIES, '') or '0')
local earned = math.floor(redis.call('ZCARD', SUCCEEDED) / successes_per_retry)
if spent >= initial_retries + earned then return 0 end
redis.call('HSET', RETRIES, resource, epoch, '', spent + 1)
redis.call('EXPIRE', RETRIES, keep_seconds)
return 1
