-- Stores an answer and gives the lease of its payer back.
-- KEYS: 1 result  2 lease
-- ARGV: 1 result (JSON)  2 seconds to keep it  3 owner of the lease, or ''
-- Returns 1.
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
if ARGV[3] ~= '' and redis.call('GET', KEYS[2]) == ARGV[3] then redis.call('DEL', KEYS[2]) end
return 1
