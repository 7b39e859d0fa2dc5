-- Adds spend of a scan that no attempt of an item records. Also works after the scan has ended.
-- ARGV: 1 calls  2 input, 3 cached and 4 output tokens  5 micro-USD or 'unknown'  6 number of tokens that are estimated
-- Returns 1, or 0 when there is no such scan.
if redis.call('HEXISTS', SCAN, 'status') == 0 then return 0 end
local FIELDS = { 'calls', 'inputTokens', 'cachedTokens', 'outputTokens', 'costMicros', 'estimatedTokens' }
for index, field in ipairs(FIELDS) do
  local number = tonumber(ARGV[index])
  if number and number > 0 then redis.call('HINCRBY', SCAN, field, number) end
end
if ARGV[5] == 'unknown' then redis.call('HSET', SCAN, 'unpriced', 1) end
announce('progress')
return 1
