-- Applies the limits in response headers. Vendors do not document whether `remaining` is as of the arrival of the call or of
-- its answer, which may be a minute apart, and whether it includes calls in flight. So a level is corrected only
-- if it disagrees with both moments, and by more than those calls can explain.
local READINGS_BEFORE_RAISE = 3
local RAISE_FRACTION = 0.2
-- Maximum relative error of the estimates of calls in flight; settle corrects it.
local ESTIMATE_ERROR = 0.15

-- `at_grant`: used and in_flight right after the grant; the present values if there was no call.
local function sync_bucket(bucket, seen, at_grant)
  local rounding = seen.roundedTo > 1 and seen.roundedTo * UNIT / 2 or 0
  -- Down at once: we never assume more than the provider has left. It knows of no more calls than we do.
  local high = math.max(bucket.used, at_grant.used)
  local uncertain = math.floor(ESTIMATE_ERROR * math.max(bucket.in_flight, at_grant.in_flight)) * UNIT
  local excess = bucket.capacity - high - (seen.remaining * UNIT + rounding + uncertain)
  local field = 'bucket:' .. bucket.name .. ':lowReadings'
  if excess > 0 then
    bucket.used = bucket.used + excess
    put(limits, field, 0)
    return
  end
  -- Up slowly: the provider knows of all calls that have ended. Not at all if the configured limit is lower than the
  -- provider's: then less has to be left than the provider states.
  local low = math.min(bucket.used - bucket.in_flight * UNIT, at_grant.used - at_grant.in_flight * UNIT)
  local shortage = low - (seen.limit - seen.remaining) * UNIT - rounding
  local is_low = shortage > 0 and bucket.limit == seen.limit and not bucket.is_ramped
  local readings = is_low and math.min(READINGS_BEFORE_RAISE, number_of(limits, field, 0) + 1) or 0
  put(limits, field, readings)
  if readings == READINGS_BEFORE_RAISE then bucket.used = math.max(0, bucket.used - math.floor(RAISE_FRACTION * shortage)) end
end

local function observe_bucket(bucket, seen, at_grant)
  local is_stated = bucket.limit and not bucket.is_learned
  local field = 'bucket:' .. bucket.name .. ':observed'
  if number_of(limits, field) ~= seen.limit then
    put(limits, field, seen.limit)
    local changed = open_bucket(bucket.name, 0)
    changed.used, changed.in_flight = bucket.used, bucket.in_flight
    bucket = changed
  end
  if is_stated then
    sync_bucket(bucket, seen, at_grant)
  else
    start_bucket(bucket)
    -- By the remaining and not by the used tokens: a provider that enforces a minute's limit over seconds never has a
    -- minute's worth left. The margin is kept free as well.
    bucket.used = math.max(bucket.used, bucket.capacity + bucket.margin - seen.remaining * UNIT)
  end
  return bucket
end

-- `observed`: limit, remaining and roundedTo by dimension. `at_grant`: by dimension, as in sync_bucket. Returns whether
-- any dimension was observed.
local function observe_buckets(buckets, observed, at_grant)
  local is_observed = false
  for index, bucket in ipairs(buckets) do
    local seen = observed[bucket.name]
    if seen then
      is_observed = true
      buckets[index] = observe_bucket(bucket, seen, at_grant and at_grant[bucket.name] or bucket)
    end
  end
  return is_observed
end
