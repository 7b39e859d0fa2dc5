-- Header sync. Vendors do not say whether `remaining` is of the moment a call arrived or of the moment it was
-- answered, which may lie a minute apart, and calls in flight may or may not be counted in it yet. So a level is
-- corrected only when it disagrees with both moments, and by more than those calls can explain.
local SEEN_BEFORE_RAISE = 3
local RAISE = 0.2
-- Estimates of calls in flight are off by up to this share; their settlement corrects it.
local ESTIMATE_ERROR = 0.15

-- `before`: used and in flight right after the call was granted; the present when there was no such call.
local function sync_bucket(bucket, seen, before)
  local slack = seen.rounding > 1 and seen.rounding * UNIT / 2 or 0
  -- Down at once: never believe to have more than the provider says is left. It knows of no more than we do.
  local high = math.max(bucket.used, before.used)
  local doubt = math.floor(ESTIMATE_ERROR * math.max(bucket.flight, before.flight)) * UNIT
  local above = bucket.capacity - high - (seen.remaining * UNIT + slack + doubt)
  if above > 0 then
    bucket.used = bucket.used + above
    put(group, bucket.name .. ':up', 0)
    return
  end
  -- Up slowly. It knows at least of all calls that have ended. Not at all when the operator allows less than the
  -- provider: then we must know less is left.
  local low = math.min(bucket.used - bucket.flight * UNIT, before.used - before.flight * UNIT)
  local below = low - (seen.limit - seen.remaining) * UNIT - slack
  local more = below > 0 and bucket.limit == seen.limit and not bucket.is_ramped
  local up = more and math.min(SEEN_BEFORE_RAISE, number_of(group, bucket.name .. ':up', 0) + 1) or 0
  put(group, bucket.name .. ':up', up)
  if up == SEEN_BEFORE_RAISE then bucket.used = math.max(0, bucket.used - math.floor(RAISE * below)) end
end

local function observe_bucket(bucket, seen, before)
  local known = bucket.limit and not bucket.hidden
  if number_of(group, bucket.name .. ':observed') ~= seen.limit then
    put(group, bucket.name .. ':observed', seen.limit)
    local fresh = open_bucket(bucket.name, 0)
    fresh.used, fresh.flight = bucket.used, bucket.flight
    bucket = fresh
  end
  if known then
    sync_bucket(bucket, seen, before)
  else
    begin_bucket(bucket)
    -- By what is left and not by what is gone: a provider that enforces a minute's limit over seconds never has a
    -- minute's worth left. The margin is kept free of that as well.
    bucket.used = math.max(bucket.used, bucket.capacity + bucket.margin - seen.remaining * UNIT)
  end
  return bucket
end

-- ARGV from `first` on: limit, remaining and rounding for each dimension, '' where nothing was seen. `before` is
-- for each dimension as in sync_bucket. Returns whether anything was seen.
local function observe_all(buckets, first, before)
  local any = false
  for index, bucket in ipairs(buckets) do
    local place = first + (index - 1) * 3
    local limit = tonumber(ARGV[place])
    if limit then
      any = true
      local seen = { limit = limit, remaining = tonumber(ARGV[place + 1]), rounding = tonumber(ARGV[place + 2]) }
      buckets[index] = observe_bucket(bucket, seen, before and before[index] or bucket)
    end
  end
  return any
end
