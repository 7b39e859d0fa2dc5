-- Token buckets, kept as what is used and not yet refilled: a bucket nobody draws from is at 0, whatever its
-- capacity. One token is UNIT units, so that a refill (limit per minute x 0.998 x ms) is a whole number, and
-- rounding neither makes nor loses any.
local UNIT = 300000000
local UNITS_A_MS = UNIT / 60000
-- Calls may reach the provider closer together than they left, by as much as their ways there differ. That is
-- bounded in time, so it is kept free in the capacity, once, and not taken off the refill for ever: at most
-- capacity + rate x t leave in t, so at most capacity + rate x (t + MARGIN_MS) arrive.
local MARGIN_MS = 600
-- Of a burst too short for that, this part.
local MARGIN_PART = 20
-- 499 of 500: no two clocks run alike. A bucket of one request has nothing to keep free, so its refill does it.
local PARTS, PARTS_OF_ONE = 499, 490

-- Tenths of the request rate in force. After a ramp limit: half for a minute, then a tenth more every 10 s.
local function ramp_tenths()
  local since = NOW - number_of(group, 'rampAt', -1e12)
  if since < 60000 then return 5 end
  return math.min(10, 6 + math.floor((since - 60000) / 10000))
end

local function lower(one, other)
  if one and other then return math.min(one, other) end
  return one or other
end

-- A bucket without `limit` is unlimited and has nothing in use. `hidden`: nobody told its limit.
local function open_bucket(name, elapsed)
  local told = lower(number_of(group, name .. ':configured'), number_of(group, name .. ':observed'))
  local limit = told or hidden_limit(name)
  local bucket = {
    name = name, limit = limit, hidden = limit ~= nil and told == nil, rate = 0,
    used = number_of(group, name .. ':used', 0), flight = number_of(group, name .. ':flight', 0),
  }
  if not limit then
    -- What was drawn while it still had one says nothing any more.
    bucket.used = 0
    return bucket
  end
  local burst = number_of(group, name .. ':burst', 60000)
  local margin = math.min(MARGIN_MS, math.floor(burst / MARGIN_PART))
  local capacity = limit * UNITS_A_MS * (burst - margin)
  bucket.margin = limit * UNITS_A_MS * margin
  bucket.capacity = math.max(UNIT, capacity)
  bucket.rate = limit * (capacity < UNIT and PARTS_OF_ONE or PARTS) * (name == 'requests' and ramp_tenths() or 10)
  bucket.used = math.max(0, bucket.used - elapsed * bucket.rate)
  return bucket
end

local function open_buckets()
  -- Never negative, not even after a failover to a server whose clock is behind.
  local elapsed = math.max(0, NOW - number_of(group, 'at', NOW))
  local buckets = {}
  for index, name in ipairs(DIMENSIONS) do buckets[index] = open_bucket(name, elapsed) end
  return buckets
end

local function save_buckets(buckets)
  for _, bucket in ipairs(buckets) do
    put(group, bucket.name .. ':used', bucket.limit and bucket.used or 0)
    put(group, bucket.name .. ':flight', bucket.flight)
  end
  put(group, 'at', NOW)
end

-- A cost above the capacity may start on a full bucket and leaves a debt; else it could never start.
local function needed(bucket, cost)
  return math.min(cost * UNIT, bucket.capacity)
end

-- Milliseconds until `units` more fit.
local function refill_wait(bucket, units)
  local missing = bucket.used + units - bucket.capacity
  if missing <= 0 then return 0 end
  return math.ceil(missing / bucket.rate)
end

local function reserve(bucket, cost)
  bucket.flight = bucket.flight + cost
  bucket.used = bucket.used + cost * UNIT
end

-- Puts the real usage in place of what was reserved.
local function correct(bucket, reserved, actual)
  bucket.flight = math.max(0, bucket.flight - reserved)
  bucket.used = math.max(0, bucket.used + (actual - reserved) * UNIT)
end

-- A limit that was not known before: what is in flight is the least that was drawn from it.
local function begin_bucket(bucket)
  bucket.used = bucket.flight * UNIT
end

-- As open_buckets, after the lesson of the last 429 if there is one: what it was about is empty on both sides.
local function learned_buckets()
  local buckets = open_buckets()
  if not learn_from_429() then return buckets end
  for index, name in ipairs(DIMENSIONS) do
    local bucket = open_bucket(name, 0)
    bucket.used = bucket.hidden and bucket.capacity + BEHIND_MS * bucket.rate or buckets[index].used
    buckets[index] = bucket
  end
  save_buckets(buckets)
  return buckets
end
