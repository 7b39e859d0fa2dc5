-- Lets a question wait for a batch, unless it is in one or its answer is there. Repeatable.
-- KEYS: 1 places  2 answers  3 scans with batches
-- ARGV: 1 resource  2 place (JSON)  3 scan id  4 seconds to keep
if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 1 then return 0 end
redis.call('SADD', KEYS[3], ARGV[3])
local added = redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[4])
return added
