-- Shared by every script of the limits.
-- KEYS: 1 group (hash)  2 leases (sorted set, score = expiry in ms)  3 reservations (hash lease -> numbers)
-- 4 line of waiting callers (hash lease -> numbers)  5 breaker of the model (hash)  6 estimates of the model (hash)
-- 7 news of providers (stream)  8 blocked limit keys (sorted set, score = end of the block in ms)
--
-- Fields of the group: <dimension>:configured, :observed (per minute), :burst (ms), :used (units, see
-- buckets.lua), :flight (tokens reserved by calls that have not ended), :up (observations in a row that saw more
-- left), at (time of the levels), configured, cached
-- (1 = cached tokens count), pauseUntil, pauseReason, rampPart and rampUntil (see ramp_part), c (concurrency), cStart, cMax, slow (1 until the
-- first drop), dropAt (first failure of the present generation of failures), dropped and shown (1 = it lowered c, and on evidence of load),
-- lowered (words of the failure that did last), goodAt, top (calls in flight at the last drop), away, low, inside, before, beforeSlow and troubleAt (see concurrency.lua), ceiling
-- (0 = none), held (answers since it was learned), proofs, ceilingAt, <dimension>:hidden and :taken, markAt, awayAt, awaySince,
-- awayRate, awayBound, hiddenAt, pressed, guessed, confirmed (see hidden-rate.lua), latency and spread (mean and variance of ln ms), ticket, lost;
-- load, recent, above, refusal and proof: see load-evidence.lua.
--
-- A reservation: requests, input, output, tokens, granted at, characters, breaker epoch, probe, then :used of
-- each dimension and then :flight of each, right after the grant, then the types asked about, then the calls in flight. A place in the line: ticket, expiry, four costs.
local GROUP, LEASES, RESERVED, LINE, BREAKER, ESTIMATES = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local NEWS, BLOCKED = KEYS[7], KEYS[8]
local DIMENSIONS = { 'requests', 'input-tokens', 'output-tokens', 'tokens' }
-- Learned limits and estimates outlive a month without a scan no longer than finished scans do.
local KEEP_MS = 2592000000
local NOW = clock()

local function open_hash(key)
  local fields, flat = {}, redis.call('HGETALL', key)
  for index = 1, #flat, 2 do fields[flat[index]] = flat[index + 1] end
  return { key = key, fields = fields, changed = {} }
end

local function number_of(hash, field, otherwise)
  return tonumber(hash.fields[field]) or otherwise
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

-- Numbers as text without loss: Lua's own conversion keeps 14 digits only.
local function pack_numbers(numbers)
  local texts = {}
  for index, number in ipairs(numbers) do texts[index] = string.format('%.0f', number) end
  return table.concat(texts, ',')
end

local function unpack_numbers(text)
  local numbers = {}
  for number in string.gmatch(text, '[^,]+') do numbers[#numbers + 1] = tonumber(number) end
  return numbers
end

local group = open_hash(GROUP)

-- The owners of these are dead or were stopped for long. What they used is unknown, so their tokens stay
-- spent; the slot comes back.
local function expire_leases()
  local expired = redis.call('ZRANGEBYSCORE', LEASES, '-inf', NOW, 'LIMIT', 0, 1000)
  if #expired == 0 then return 0 end
  for _, held in ipairs(redis.call('HMGET', RESERVED, unpack(expired))) do
    local reservation = unpack_numbers(held or '')
    for index, name in ipairs(DIMENSIONS) do
      local left = number_of(group, name .. ':flight', 0) - (reservation[index] or 0)
      put(group, name .. ':flight', math.max(0, left))
    end
  end
  redis.call('ZREM', LEASES, unpack(expired))
  redis.call('HDEL', RESERVED, unpack(expired))
  put(group, 'lost', number_of(group, 'lost', 0) + #expired)
  return #expired
end

local function pause_until(moment, reason)
  if moment <= number_of(group, 'pauseUntil', 0) then return end
  put(group, 'pauseUntil', moment)
  put(group, 'pauseReason', reason)
end

-- Median call before the first answer.
local USUAL_MS = 5000

local function median_ms()
  local mean = number_of(group, 'latency')
  return mean and math.floor(math.exp(mean) + 0.5) or USUAL_MS
end
