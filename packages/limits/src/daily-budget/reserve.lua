-- Reserves the maximum spend of a call, or returns the limit that it would exceed and changes nothing.
-- ARGV: 1 call  2 tokens  3 micro-USD, '' if the price is unknown  4 ms until the reservation expires
-- 5 maxTokens and 6 maximum micro-USD per day, '' = no limit
-- Returns {'reserved'}, {'maxTokens' or 'maxCostUsd', ms of the next midnight}, or {'unpriced'}.
local call, tokens, micros, ttl_ms = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local max_tokens, max_micros = tonumber(ARGV[5]), tonumber(ARGV[6])

-- The client library repeats a command if its reply was lost.
if redis.call('HEXISTS', RESERVATIONS, call) == 1 then return { 'reserved' } end
if max_micros and not micros then return { 'unpriced' } end
if max_tokens and number_of('tokens') + number_of('reservedTokens') + tokens > max_tokens then
  return { 'maxTokens', midnight }
end
if max_micros and number_of('micros') + number_of('reservedMicros') + micros > max_micros then
  return { 'maxCostUsd', midnight }
end
redis.call('HSET', RESERVATIONS, call, tokens .. ' ' .. (micros or ''))
redis.call('ZADD', EXPIRIES, NOW + ttl_ms, call)
add('reservedTokens', tokens)
add('reservedMicros', micros or 0)
extend_expiry()
return { 'reserved' }
