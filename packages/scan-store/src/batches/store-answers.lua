-- Stores the answers of one batch and removes the batch. A repeated call has no effect.
-- KEYS: 1 questions  2 answers  3 batches
-- ARGV: 1 name of the batch  2 seconds to keep  3.. resource, answer (JSON) pairs
-- Returns 1, or 0 when the batch was removed before.
if redis.call('HDEL', KEYS[3], ARGV[1]) == 0 then return 0 end
for index = 3, #ARGV, 2 do
  redis.call('HSET', KEYS[2], ARGV[index], ARGV[index + 1])
  redis.call('HDEL', KEYS[1], ARGV[index])
end
if #ARGV > 2 then redis.call('EXPIRE', KEYS[2], ARGV[2]) end
return 1
