-- Counts what a call has used in place of what was set aside for it.
-- ARGV: 1 call  2 tokens, '' when nobody knows: then what was set aside  3 micro-USD or '' when the price is not known
--       4 whether a call counts for which nothing was set aside, 0/1  5 most tokens and 6 most micro-USD, '' for any
--       7 how many of the tokens are estimated
-- Returns the limit of which four fifths are spent, the first time a day that there is one; else ''.
local call, is_free = ARGV[1], ARGV[4] == '1'
-- The client library sends a command again when its answer was lost; where nothing was set aside only this tells.
if redis.call('HGET', RESERVED, call) == SETTLED then return '' end
local tokens, micros = release(call)
if tokens or is_free then
  local estimated = tokens or 0
  if ARGV[2] ~= '' then tokens, micros, estimated = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[7]) end
  count(tokens or 0, micros, estimated)
  if is_free and tokens then remember_settled(call) end
end
keep()
if redis.call('HEXISTS', DAY, 'warned') == 1 then return '' end
for name, limit in pairs({ maxTokens = { ARGV[5], 'tokens' }, maxCostUsd = { ARGV[6], 'micros' } }) do
  local most = tonumber(limit[1])
  if most and number(limit[2]) >= 0.8 * most then
    redis.call('HSET', DAY, 'warned', name)
    return name
  end
end
return ''
