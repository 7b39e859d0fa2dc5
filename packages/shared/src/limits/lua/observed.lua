-- Header sync. Vendors do not say whether `remaining` is of the moment a call arrived or of the moment it was
-- answered, which may lie a minute apart. So a level is only corrected when it disagrees with both.
local SEEN_BEFORE_RAISE = 3
local RAISE = 0.2

-- `before`: what was used right after the call was granted; nil when there was no such call.
local function sync_bucket(bucket, seen, before)
  local used_there = (seen.limit - seen.remaining) * UNIT
  local slack = seen.rounding > 1 and seen.rounding * UNIT / 2 or 0
  -- Down at once: never believe to have more than the provider says is left.
  local low = math.min(bucket.used, before or bucket.used)
  local high = math.max(bucket.used, before or bucket.used)
  local above = bucket.capacity - high - (seen.remaining * UNIT + slack)
  if above > 0 then
    bucket.used = bucket.used + above
    put(group, bucket.name .. ':up', 0)
    return
  end
  -- Up slowly, and not at all when the operator allows less than the provider: then we must know less is left.
  local below = low - used_there - slack
  local up = below > 0 and bucket.limit == seen.limit and number_of(group, bucket.name .. ':up', 0) + 1 or 0
  put(group, bucket.name .. ':up', math.min(up, SEEN_BEFORE_RAISE))
  if up >= SEEN_BEFORE_RAISE then bucket.used = math.max(0, bucket.used - math.floor(RAISE * below)) end
end

local function observe_bucket(bucket, seen, before)
  local known = bucket.limit
  if number_of(group, bucket.name .. ':observed') ~= seen.limit then
    put(group, bucket.name .. ':observed', seen.limit)
    local used = bucket.used
    bucket = open_bucket(bucket.name, 0)
    bucket.used = used
  end
  -- A limit we did not know: what is in flight is the least that was drawn from it.
  if not known then bucket.used = math.max(bucket.used, (seen.limit - seen.remaining) * UNIT)
  else sync_bucket(bucket, seen, before) end
  return bucket
end

-- ARGV from `first` on: limit, remaining and rounding for each dimension, '' where nothing was seen.
local function observe_all(buckets, first, before)
  for index, bucket in ipairs(buckets) do
    local place = first + (index - 1) * 3
    local limit = tonumber(ARGV[place])
    if limit then
      local seen = { limit = limit, remaining = tonumber(ARGV[place + 1]), rounding = tonumber(ARGV[place + 2]) }
      buckets[index] = observe_bucket(bucket, seen, before and before[index])
    end
  end
end
