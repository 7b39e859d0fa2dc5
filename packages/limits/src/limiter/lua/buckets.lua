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

-- After a ramp limit (use grew too fast) half of the request rate is in force, after each further one nine tenths of what
-- was: nobody tells how fast use may grow. It comes back by 1.15 every 10 s from the end of the pause on, which never gets
-- above twice the mean of the minute before.
local RAMP_FIRST, RAMP_NEXT, RAMP_LEAST = 0.5, 0.9, 0.02
local RAMP_STEP_MS, RAMP_STEP = 10000, 1.15

-- The part of the request rate in force.
local function ramp_part()
  local part = number_of(group, 'rampPart', 1)
  for _ = 1, math.floor((NOW - number_of(group, 'rampUntil', NOW)) / RAMP_STEP_MS) do
    if part >= 1 then break end
    part = part * RAMP_STEP
  end
  return math.min(1, part)
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
  local part = name == 'requests' and ramp_part() or 1
  -- The square: a burst is what grows fastest.
  local capacity = math.floor(limit * UNITS_A_MS * (burst - margin) * part * part)
  bucket.is_ramped = part < 1
  bucket.margin = limit * UNITS_A_MS * margin
  bucket.capacity = math.max(UNIT, capacity)
  bucket.rate = math.floor(limit * (capacity < UNIT and PARTS_OF_ONE or PARTS) * 10 * part)
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

-- Of a call that was turned away because use grew too fast; those that started before the pause are one lesson. The pause
-- ends on an empty bucket: a full one would start many at once, which is to grow fast again. What was used before may be
-- forgotten: at most the refill is used from now on, so the provider has no less left than now.
local function slow_ramp(buckets, granted_at)
  if granted_at > number_of(group, 'rampUntil', -1) then
    local part = ramp_part()
    put(group, 'rampPart', math.max(RAMP_LEAST, part < 1 and part * RAMP_NEXT or RAMP_FIRST))
  end
  put(group, 'rampUntil', math.max(NOW, number_of(group, 'pauseUntil', 0)))
  local requests = open_bucket('requests', 0)
  requests.used, requests.flight = buckets[1].used, buckets[1].flight
  if requests.limit then
    requests.used = requests.capacity + requests.rate * (number_of(group, 'rampUntil') - NOW)
  end
  buckets[1] = requests
end

-- A pause that ends early leaves the bucket of slow_ramp as empty as one that runs its time, and not in debt for the rest.
local function forgive_ramp()
  if number_of(group, 'rampUntil', 0) <= NOW then return end
  put(group, 'rampUntil', NOW)
  local buckets = open_buckets()
  local requests = buckets[1]
  if requests.limit then requests.used = math.min(requests.used, requests.capacity) end
  save_buckets(buckets)
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
