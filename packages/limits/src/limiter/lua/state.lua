-- Shared by all limit scripts: opens the state of one limit key.
-- KEYS: 1 limits (hash)  2 leases (sorted set, score = expiry in ms)  3 reservations (hash lease -> record)
-- 4 wait queue (hash lease -> record)  5 breaker (hash)  6 estimates (hash)
-- 7 provider events (stream)  8 blocked limit keys (sorted set, score = end of the block in ms)
-- ARGV: 1 arguments as a JSON object; each script lists its fields.
--
-- Each field of a hash has the prefix of its controller, which lists it in its own file. Fields of this file: config:set (1
-- after configure), config:cachedTokensCount (0/1), pause:until (ms), pause:reason, latency:mean and latency:variance
-- (of ln ms), queue:lastPosition, leases:expired (count).
--
-- Reservation: cost:<dimension> (reserved), used:<dimension> and inFlight:<dimension> (of the bucket right after the
-- grant), grantedAt (ms), characters, types, concurrency (calls in flight, including this one), epoch (of the breaker),
-- probe (1 or 2; 0 = none).
-- Entry of the wait queue: position, expiresAt (ms), cost:<dimension>.
local LIMITS, LEASES, RESERVATIONS, QUEUE, BREAKER, ESTIMATES = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local EVENTS, BLOCKED = KEYS[7], KEYS[8]
local DIMENSIONS = { 'requests', 'input-tokens', 'output-tokens', 'tokens' }
-- Learned limits and estimates are kept for a month, as long as finished scans.
local KEEP_MS = 2592000000
local NOW = clock()

local args = ARGV[1] and cjson.decode(ARGV[1]) or {}

local function open_hash(key)
  local fields, flat = {}, redis.call('HGETALL', key)
  for index = 1, #flat, 2 do fields[flat[index]] = flat[index + 1] end
  return { key = key, fields = fields, changed = {} }
end

local function number_of(hash, field, default)
  return tonumber(hash.fields[field]) or default
end

local function put(hash, field, value)
  hash.fields[field] = value
  hash.changed[field] = value
end

local function save(hash)
  local flat = {}
  for field, value in pairs(hash.changed) do
    flat[#flat + 1] = field
    flat[#flat + 1] = value
  end
  if #flat == 0 then return end
  redis.call('HSET', hash.key, unpack(flat))
  redis.call('PEXPIRE', hash.key, KEEP_MS)
  hash.changed = {}
end

-- A record is stored as `name=number` pairs. The format keeps all digits of an integer; Lua's own conversion keeps 14.
local function pack_record(record)
  local parts = {}
  for name, number in pairs(record) do
    parts[#parts + 1] = name .. '=' .. string.format('%.0f', number)
  end
  return table.concat(parts, ',')
end

local function unpack_record(text)
  local record = {}
  for name, number in string.gmatch(text or '', '([^,=]+)=([^,]+)') do record[name] = tonumber(number) end
  return record
end

local limits = open_hash(LIMITS)

-- The processes of expired leases died or were suspended. Their usage is unknown, so their tokens stay spent; the slots
-- are freed.
local function expire_leases()
  local expired = redis.call('ZRANGEBYSCORE', LEASES, '-inf', NOW, 'LIMIT', 0, 1000)
  if #expired == 0 then return 0 end
  for _, text in ipairs(redis.call('HMGET', RESERVATIONS, unpack(expired))) do
    local reservation = unpack_record(text or '')
    for _, name in ipairs(DIMENSIONS) do
      local field = 'bucket:' .. name .. ':inFlight'
      put(limits, field, math.max(0, number_of(limits, field, 0) - (reservation['cost:' .. name] or 0)))
    end
  end
  redis.call('ZREM', LEASES, unpack(expired))
  redis.call('HDEL', RESERVATIONS, unpack(expired))
  put(limits, 'leases:expired', number_of(limits, 'leases:expired', 0) + #expired)
  return #expired
end

local function paused_until() return number_of(limits, 'pause:until', 0) end

local function pause_until(moment, reason)
  if moment <= paused_until() then return end
  put(limits, 'pause:until', moment)
  put(limits, 'pause:reason', reason)
end

-- Assumed duration of a call before the first answer.
local DEFAULT_LATENCY_MS = 5000
-- Weight of a call in the moving average.
local LATENCY_WEIGHT = 0.1

local function median_ms()
  local mean = number_of(limits, 'latency:mean')
  return mean and math.floor(math.exp(mean) + 0.5) or DEFAULT_LATENCY_MS
end

-- Tracks mean and variance of the logarithm, because call times are lognormal.
local function record_latency(ms)
  local value = math.log(math.max(1, ms))
  local mean = number_of(limits, 'latency:mean', value)
  local difference = value - mean
  put(limits, 'latency:mean', mean + LATENCY_WEIGHT * difference)
  put(limits, 'latency:variance',
    (1 - LATENCY_WEIGHT) * (number_of(limits, 'latency:variance', 0) + LATENCY_WEIGHT * difference * difference))
end
