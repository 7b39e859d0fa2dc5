-- Token buckets, stored as the usage that is not yet refilled: the bucket of an idle limit key is at 0, whatever its
-- capacity. One token is UNIT units. So a refill (limit per minute x 0.998 x ms) is an integer, and rounding neither
-- creates nor loses tokens.
-- Fields: bucket:at (time of the levels), and for each dimension bucket:<dimension>:configured and :observed (limits per minute),
-- :burst (ms), :used (units), :inFlight (tokens reserved by calls in flight), :lowReadings (headers in a row that saw more
-- left than we did); ramp:fraction (of the request rate that is in force) and ramp:until (when it starts to recover).
local UNIT = 300000000
local UNITS_PER_MS = UNIT / 60000
-- Calls may reach the provider closer together than they left, by the variation of their network latency. It is bounded in
-- time. So it is kept free in the capacity once, not taken off the refill: at most capacity + rate x t leave in t,
-- so at most capacity + rate x (t + MARGIN_MS) arrive.
local MARGIN_MS = 600
-- The margin of a short burst: 1/20 of it.
local MARGIN_DIVISOR = 20
-- Refill of 499/500, because clocks run at different speeds. A bucket of one request has no margin, so its refill has it.
local REFILL_PARTS, REFILL_PARTS_OF_ONE = 499, 490
-- After a learned rate was exceeded, our bucket lags this much refill behind the provider's.
local LAG_MS = 500
-- How much of a learned rate may be used at once is unknown. Requests need no more; the tokens of calls in flight do.
local LEARNED_REQUEST_BURST_MS = 1000

-- After a ramp limit (usage grew too fast) half of the request rate is in force, and nine tenths of that after each
-- further one: no provider states how fast usage may grow. It recovers by 1.15 every 10 s after the pause, which never
-- exceeds twice the mean of the minute before.
local RAMP_FIRST, RAMP_NEXT, RAMP_LEAST = 0.5, 0.9, 0.02
local RAMP_STEP_MS, RAMP_STEP = 10000, 1.15

-- The fraction of the request rate in force.
local function ramp_fraction()
  local fraction = number_of(limits, 'ramp:fraction', 1)
  for _ = 1, math.floor((NOW - number_of(limits, 'ramp:until', NOW)) / RAMP_STEP_MS) do
    if fraction >= 1 then break end
    fraction = fraction * RAMP_STEP
  end
  return math.min(1, fraction)
end

local function lower_limit(one, other)
  if one and other then return math.min(one, other) end
  return one or other
end

-- A bucket without `limit` is unlimited, and its usage is 0. `is_learned`: the limit is not stated.
local function open_bucket(name, elapsed)
  local prefix = 'bucket:' .. name
  local stated = lower_limit(number_of(limits, prefix .. ':configured'), number_of(limits, prefix .. ':observed'))
  local limit = stated or rates.limit(name)
  local bucket = {
    name = name, limit = limit, is_learned = limit ~= nil and stated == nil, rate = 0,
    used = number_of(limits, prefix .. ':used', 0), in_flight = number_of(limits, prefix .. ':inFlight', 0),
  }
  if not limit then
    -- Usage under an earlier limit no longer counts.
    bucket.used = 0
    return bucket
  end
  local burst = number_of(limits, prefix .. ':burst', 60000)
  if bucket.is_learned and name == 'requests' then burst = LEARNED_REQUEST_BURST_MS end
  local margin = math.min(MARGIN_MS, math.floor(burst / MARGIN_DIVISOR))
  local fraction = name == 'requests' and ramp_fraction() or 1
  -- Squared: a burst is the fastest growth.
  local capacity = math.floor(limit * UNITS_PER_MS * (burst - margin) * fraction * fraction)
  bucket.is_ramped = fraction < 1
  bucket.margin = limit * UNITS_PER_MS * margin
  bucket.capacity = math.max(UNIT, capacity)
  bucket.rate = math.floor(limit * (capacity < UNIT and REFILL_PARTS_OF_ONE or REFILL_PARTS) * 10 * fraction)
  bucket.used = math.max(0, bucket.used - elapsed * bucket.rate)
  return bucket
end

-- The buckets in the order of DIMENSIONS.
local function open_buckets()
  -- Never negative, even after a failover to a server whose clock is behind.
  local elapsed = math.max(0, NOW - number_of(limits, 'bucket:at', NOW))
  local buckets = {}
  for index, name in ipairs(DIMENSIONS) do buckets[index] = open_bucket(name, elapsed) end
  return buckets
end

local function save_buckets(buckets)
  for _, bucket in ipairs(buckets) do
    put(limits, 'bucket:' .. bucket.name .. ':used', bucket.limit and bucket.used or 0)
    put(limits, 'bucket:' .. bucket.name .. ':inFlight', bucket.in_flight)
  end
  put(limits, 'bucket:at', NOW)
end

-- Units that have to be free. A cost above the capacity needs a full bucket and leaves a debt; else it could never start.
local function units_for(bucket, cost)
  return math.min(cost * UNIT, bucket.capacity)
end

-- Milliseconds until `units` are free.
local function refill_wait(bucket, units)
  local missing = bucket.used + units - bucket.capacity
  if missing <= 0 then return 0 end
  return math.ceil(missing / bucket.rate)
end

local function reserve(bucket, cost)
  bucket.in_flight = bucket.in_flight + cost
  bucket.used = bucket.used + cost * UNIT
end

-- Replaces the reserved by the actual cost.
local function settle_bucket(bucket, reserved, actual)
  bucket.in_flight = math.max(0, bucket.in_flight - reserved)
  bucket.used = math.max(0, bucket.used + (actual - reserved) * UNIT)
end

-- A limit that was unknown before: at least the tokens in flight were used.
local function start_bucket(bucket)
  bucket.used = bucket.in_flight * UNIT
end

-- Applies a ramp limit. Calls that started before the pause belong to the same event. The pause ends with an empty
-- bucket: a full one would start many calls at once, which is to grow fast again. Earlier usage may be forgotten: only the
-- refill is used from now on, so the provider has no less left than now.
local function slow_down_ramp(buckets, granted_at)
  if granted_at > number_of(limits, 'ramp:until', -1) then
    local fraction = ramp_fraction()
    put(limits, 'ramp:fraction', math.max(RAMP_LEAST, fraction < 1 and fraction * RAMP_NEXT or RAMP_FIRST))
  end
  put(limits, 'ramp:until', math.max(NOW, paused_until()))
  for index, bucket in ipairs(buckets) do
    if bucket.name == 'requests' then
      local requests = open_bucket('requests', 0)
      requests.used, requests.in_flight = bucket.used, bucket.in_flight
      if requests.limit then
        requests.used = requests.capacity + requests.rate * (number_of(limits, 'ramp:until') - NOW)
      end
      buckets[index] = requests
    end
  end
end

-- If a pause is ended early, the request bucket is empty as after the whole pause, without a debt for the rest of it.
local function end_ramp_pause()
  if number_of(limits, 'ramp:until', 0) <= NOW then return end
  put(limits, 'ramp:until', NOW)
  local buckets = open_buckets()
  for _, bucket in ipairs(buckets) do
    if bucket.name == 'requests' and bucket.limit then bucket.used = math.min(bucket.used, bucket.capacity) end
  end
  save_buckets(buckets)
end

-- As open_buckets, after learning from the last 429. Then the buckets of learned limits are empty on both sides.
local function open_learned_buckets()
  local buckets = open_buckets()
  if not rates.learn_from_429() then return buckets end
  for index, name in ipairs(DIMENSIONS) do
    local bucket = open_bucket(name, 0)
    bucket.used = bucket.is_learned and bucket.capacity + LAG_MS * bucket.rate or buckets[index].used
    buckets[index] = bucket
  end
  save_buckets(buckets)
  return buckets
end
