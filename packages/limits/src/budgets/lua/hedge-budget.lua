-- Lets one call in so many be made twice, counted over all processes.
-- KEYS: 1 credit (hash)  ARGV: 1 'earn' or 'spend'  2 calls that earn one  3 most calls that count
-- 4 seconds to keep
-- Returns 1 when it may, and for 'earn'; else 0.
local credit, price = tonumber(redis.call('HGET', KEYS[1], 'credit') or '0'), tonumber(ARGV[2])
if ARGV[1] == 'spend' and credit < price then return 0 end
local left = ARGV[1] == 'spend' and credit - price or math.min(tonumber(ARGV[3]), credit + 1)
redis.call('HSET', KEYS[1], 'credit', left)
redis.call('EXPIRE', KEYS[1], ARGV[4])
return 1
