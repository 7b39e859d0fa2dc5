-- AIMD: additive increase, multiplicative decrease of the calls in flight (Chiu and Jain 1989; the numbers are
-- those of Netflix' concurrency-limits, with a drop of 0.7). Rate limits do not move it: the buckets hold those.
local DROP = 0.7
-- A good value of yesterday says little about today.
local GOOD_FOR_MS = 86400000
-- Median call before the first answer.
local USUAL_MS = 5000
local WEIGHT = 0.1

-- Pure: the concurrency after an answer. Slow start adds one an answer, so it doubles every round.
local function grown(c, slow, in_flight)
  -- More would be a guess as long as what there is is not used.
  if in_flight < c / 2 then return c end
  return slow and c + 1 or c + 1 / c
end

local function dropped(c) return math.max(1, c * DROP) end

local function median_ms()
  local mean = number_of(group, 'latency')
  return mean and math.floor(math.exp(mean) + 0.5) or USUAL_MS
end

local function concurrency()
  if NOW - number_of(group, 'goodAt', NOW) > GOOD_FOR_MS then return number_of(group, 'cStart', 1) end
  return number_of(group, 'c', 1)
end

-- Mean and variance of the logarithm, because call times are lognormal.
local function note_latency(ms)
  local value = math.log(math.max(1, ms))
  local mean = number_of(group, 'latency', value)
  local off = value - mean
  put(group, 'latency', mean + WEIGHT * off)
  put(group, 'spread', (1 - WEIGHT) * (number_of(group, 'spread', 0) + WEIGHT * off * off))
end

local function note_success(in_flight)
  local c = grown(concurrency(), group.fields.slow == '1', in_flight)
  put(group, 'c', math.min(c, number_of(group, 'cMax', c)))
  put(group, 'goodAt', NOW)
end

-- Once for each generation of calls: those that fail together started under the same concurrency.
local function note_overload()
  if NOW - number_of(group, 'dropAt', -1e12) < median_ms() then return end
  put(group, 'c', dropped(concurrency()))
  put(group, 'slow', '0')
  put(group, 'dropAt', NOW)
  put(group, 'goodAt', NOW)
end

-- When a slot is likely to come free, within reason.
local function slot_wait()
  return math.min(250, math.max(20, math.floor(median_ms() / concurrency())))
end
