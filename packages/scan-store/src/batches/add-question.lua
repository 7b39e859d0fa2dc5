-- Adds a question that waits for a batch, unless it is in a batch or answered. May be repeated.
-- KEYS: 1 questions  2 answers  3 scans with batches
-- ARGV: 1 resource  2 StoredQuestion (JSON)  3 scan id  4 seconds to keep
-- Returns 1 when it was added, else 0.
if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 1 then return 0 end
redis.call('SADD', KEYS[3], ARGV[3])
local added = redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[4])
return added
