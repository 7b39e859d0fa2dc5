-- Limits hedged requests to a share of all calls, counted over all processes.
-- KEYS: 1 credit (hash)
-- ARGV: 1 'earn' or 'spend'  2 calls that earn one hedged request  3 maximum credit, in calls  4 seconds to keep
-- Returns 1, or 0 if there is too little credit to spend.
local CREDIT = KEYS[1]
local action, price, max_credit, keep_seconds = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local credit = tonumber(redis.call('HGET', CREDIT, 'credit') or '0')
if action == 'spend' and credit < price then return 0 end
local left = action == 'spend' and credit - price or math.min(max_credit, credit + 1)
redis.call('HSET', CREDIT, 'credit', left)
redis.call('EXPIRE', CREDIT, keep_seconds)
return 1
