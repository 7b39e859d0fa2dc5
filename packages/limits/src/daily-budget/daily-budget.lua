-- Shared by the scripts of the day's budget.
-- KEYS: 1 day (hash)  2 reservations (hash call -> tokens and micro-USD, or SETTLED)  3 their ends (sorted set, ms)
--
-- Fields of the day: day (days since 1970, UTC), tokens, micros and calls of calls that have ended today, unpriced (tokens
-- whose price nobody knows), estimated (tokens that no provider reported), warned; reservedTokens and reservedMicros of calls under way, also of those begun before
-- midnight: they are counted on the day that they end.
local DAY, RESERVED, ENDS = KEYS[1], KEYS[2], KEYS[3]
local DAY_MS = 86400000
-- In the place of what was set aside for a call: it is counted already.
local SETTLED, AGAIN_MS = 'settled', 60000
local NOW = clock()
local today = math.floor(NOW / DAY_MS)
local midnight = (today + 1) * DAY_MS

local function number(field) return tonumber(redis.call('HGET', DAY, field) or 0) end

-- Lua writes minus nothing as `-0`, which Redis does not take for a number.
local function add(field, amount)
  if amount ~= 0 then redis.call('HINCRBY', DAY, field, amount) end
end

local function count(tokens, micros, estimated)
  if tokens == 0 then return end
  add('calls', 1)
  add('tokens', tokens)
  add('estimated', estimated)
  if micros then add('micros', micros) else add('unpriced', tokens) end
end

-- Lets go of what was set aside for a call; answers its tokens and micro-USD (nil: unknown), or nothing.
local function release(call)
  local held = redis.call('HGET', RESERVED, call)
  redis.call('ZREM', ENDS, call)
  if not held then return nil end
  redis.call('HDEL', RESERVED, call)
  if held == SETTLED then return nil end
  local tokens, micros = string.match(held, '^(%d+) (%d*)$')
  tokens, micros = tonumber(tokens), tonumber(micros)
  add('reservedTokens', 0 - tokens)
  add('reservedMicros', 0 - (micros or 0))
  return tokens, micros
end

-- Of a call for which nothing was set aside: kept in the place of that, for as long as its command may come again.
local function remember_settled(call)
  redis.call('HSET', RESERVED, call, SETTLED)
  redis.call('ZADD', ENDS, NOW + AGAIN_MS, call)
end

local function keep()
  for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, 2 * DAY_MS) end
end

if tonumber(redis.call('HGET', DAY, 'day') or 0) ~= today then
  redis.call('HDEL', DAY, 'tokens', 'micros', 'calls', 'unpriced', 'estimated', 'warned')
  redis.call('HSET', DAY, 'day', today)
end
-- Whoever made them is gone, and the provider may have charged for them all the same.
for _, call in ipairs(redis.call('ZRANGEBYSCORE', ENDS, '-inf', NOW, 'LIMIT', 0, 100)) do
  local tokens, micros = release(call)
  if tokens then count(tokens, micros, tokens) end
end
