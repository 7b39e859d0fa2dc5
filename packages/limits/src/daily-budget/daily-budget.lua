-- Shared by the scripts of the daily budget.
-- KEYS: 1 spend (hash)  2 reservations (hash call -> `<tokens> <micro-USD>`, or SETTLED)  3 expiries of the reservations
-- (sorted set, score = ms)
--
-- Fields of the spend: day (days since 1970, UTC). Of calls that ended today: tokens, micros, calls, unpriced (tokens
-- without a known price), estimated (tokens that no provider reported), warned. Of calls in flight: reservedTokens and
-- reservedMicros; a call that started before midnight counts on the day on which it ends.
local SPEND, RESERVATIONS, EXPIRIES = KEYS[1], KEYS[2], KEYS[3]
local DAY_MS = 86400000
-- Replaces the reservation of a call that was counted without one, for as long as its command may be repeated.
local SETTLED, REPEAT_MS = 'settled', 60000
local NOW = clock()
local today = math.floor(NOW / DAY_MS)
local midnight = (today + 1) * DAY_MS

local function number_of(field) return tonumber(redis.call('HGET', SPEND, field) or 0) end

-- Skips 0: Lua writes minus zero as `-0`, which Redis rejects.
local function add(field, amount)
  if amount ~= 0 then redis.call('HINCRBY', SPEND, field, amount) end
end

local function count_call(tokens, micros, estimated)
  if tokens == 0 then return end
  add('calls', 1)
  add('tokens', tokens)
  add('estimated', estimated)
  if micros then add('micros', micros) else add('unpriced', tokens) end
end

-- Removes a reservation. Returns its tokens and micro-USD (nil = unknown price), or nil if there is none.
local function release(call)
  local held = redis.call('HGET', RESERVATIONS, call)
  redis.call('ZREM', EXPIRIES, call)
  if not held then return nil end
  redis.call('HDEL', RESERVATIONS, call)
  if held == SETTLED then return nil end
  local tokens, micros = string.match(held, '^(%d+) (%d*)$')
  tokens, micros = tonumber(tokens), tonumber(micros)
  add('reservedTokens', 0 - tokens)
  add('reservedMicros', 0 - (micros or 0))
  return tokens, micros
end

local function remember_settled(call)
  redis.call('HSET', RESERVATIONS, call, SETTLED)
  redis.call('ZADD', EXPIRIES, NOW + REPEAT_MS, call)
end

local function extend_expiry()
  for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, 2 * DAY_MS) end
end

if tonumber(redis.call('HGET', SPEND, 'day') or 0) ~= today then
  redis.call('HDEL', SPEND, 'tokens', 'micros', 'calls', 'unpriced', 'estimated', 'warned')
  redis.call('HSET', SPEND, 'day', today)
end
-- The processes of expired reservations died. The provider may have charged for their calls, so they count as spent.
for _, call in ipairs(redis.call('ZRANGEBYSCORE', EXPIRIES, '-inf', NOW, 'LIMIT', 0, 100)) do
  local tokens, micros = release(call)
  if tokens then count_call(tokens, micros, tokens) end
end
