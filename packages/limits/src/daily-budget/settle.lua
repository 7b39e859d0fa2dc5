-- Replaces the reservation of a call by its actual spend.
-- ARGV: 1 call  2 tokens, '' if unknown: then the reservation counts as spent  3 micro-USD, '' if the price is unknown
-- 4 whether a call without a reservation counts, 0/1  5 maxTokens and 6 maximum micro-USD per day, '' = no limit
-- 7 estimated tokens
-- Returns the limit that is 80 % spent, once a day; else ''.
local call, used_tokens, used_micros, used_estimated = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[7])
local is_unreserved_counted, max_tokens, max_micros = ARGV[4] == '1', tonumber(ARGV[5]), tonumber(ARGV[6])
local WARN_FRACTION = 0.8

-- The client library repeats a command if its reply was lost. A call without a reservation is recognized only here.
if redis.call('HGET', RESERVATIONS, call) == SETTLED then return '' end
local tokens, micros = release(call)
if tokens or is_unreserved_counted then
  local estimated = tokens or 0
  if used_tokens then tokens, micros, estimated = used_tokens, used_micros, used_estimated end
  count_call(tokens or 0, micros, estimated)
  if is_unreserved_counted and tokens then remember_settled(call) end
end
extend_expiry()
if redis.call('HEXISTS', SPEND, 'warned') == 1 then return '' end

local function is_nearly_spent(field, limit) return limit and number_of(field) >= WARN_FRACTION * limit end
local warned = is_nearly_spent('tokens', max_tokens) and 'maxTokens'
  or is_nearly_spent('micros', max_micros) and 'maxCostUsd' or ''
if warned ~= '' then redis.call('HSET', SPEND, 'warned', warned) end
return warned
