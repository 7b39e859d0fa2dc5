-- Sets aside what a call may spend, or says which limit of the day it would pass; then nothing is changed.
-- ARGV: 1 call  2 tokens  3 micro-USD or '' when the price is not known  4 ms after which its caller counts as dead
--       5 most tokens and 6 most micro-USD of a day, '' for any number
-- Returns {'reserved'}, {'maxTokens' or 'maxCostUsd', ms of the next midnight}, or {'unpriced'}.
local call, tokens, micros = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local most_tokens, most_micros = tonumber(ARGV[5]), tonumber(ARGV[6])

-- The client library sends a command again when its answer was lost.
if redis.call('HEXISTS', RESERVED, call) == 1 then return { 'reserved' } end
if most_micros and not micros then return { 'unpriced' } end
if most_tokens and number('tokens') + number('reservedTokens') + tokens > most_tokens then
  return { 'maxTokens', midnight }
end
if most_micros and number('micros') + number('reservedMicros') + micros > most_micros then
  return { 'maxCostUsd', midnight }
end
redis.call('HSET', RESERVED, call, tokens .. ' ' .. (micros or ''))
redis.call('ZADD', ENDS, NOW + tonumber(ARGV[4]), call)
add('reservedTokens', tokens)
add('reservedMicros', micros or 0)
keep()
return { 'reserved' }
