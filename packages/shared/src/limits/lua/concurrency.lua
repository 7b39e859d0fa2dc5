-- AIMD: additive increase, multiplicative decrease of the calls in flight (Chiu and Jain 1989; the numbers are
-- those of Netflix' concurrency-limits, with a drop of 0.7). Rate limits do not move it: the buckets hold those.
local DROP = 0.7
-- A good value of yesterday says little about today.
local GOOD_FOR_MS = 86400000
local WEIGHT = 0.1
-- Two drops in a row with so many calls in flight, within this factor, mean a capacity that no header tells.
local ALIKE = 1.25
-- More than such a ceiling is tried after so many answers, so at most one call in so many is lost to it, or when it is old.
local HOLD_ANSWERS, HOLD_MS = 2000, 600000

-- So many calls that are turned away together, while others that were under way are answered, tell a capacity at once.
local TOGETHER = 3

-- Half of the way to `target` in a round, at least one call (binary increase, Xu, Harfoush and Rhee 2004).
local function approached(c, target)
  return math.min(target, c + math.max(1, (target - c) / 2) / c)
end

-- Pure: the concurrency after an answer. Slow start adds one an answer, so it doubles every round. Below a known
-- ceiling, or below `top`, where the last drop was, half of the way up is made up for in a round.
local function grown(c, slow, in_flight, ceiling, top)
  -- More would be a guess as long as what there is is not used.
  if in_flight < c / 2 then return c end
  if ceiling and c <= ceiling then return approached(c, ceiling) end
  if slow then return c + 1 end
  return c < top - 1 and approached(c, top - 1) or c + 1 / c
end

local function dropped(c) return math.max(1, c * DROP) end

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

local function ceiling()
  local known = number_of(group, 'ceiling', 0)
  return known > 0 and known or nil
end

local function set_ceiling(calls)
  put(group, 'ceiling', calls)
  put(group, 'held', 0)
  put(group, 'ceilingAt', NOW)
end

-- The ceiling as it binds now. Past its time it binds no more; once two more calls went well it is gone.
local function binding_ceiling(c)
  local known = ceiling()
  if not known then return nil end
  if c >= known + 2 then
    put(group, 'ceiling', 0)
    return nil
  end
  local held = number_of(group, 'held', 0) + 1
  put(group, 'held', held)
  if held > HOLD_ANSWERS or NOW - number_of(group, 'ceilingAt', NOW) > HOLD_MS then return nil end
  return known
end

-- Calls that were turned away at the door (`away`) left so many others in it (`low`). It takes one of those to be
-- answered to know that it was too many calls and no outage.
local function confirm_capacity(granted_at)
  if number_of(group, 'away', 0) < TOGETHER or granted_at > number_of(group, 'dropAt', 0) then return end
  local low = math.max(1, number_of(group, 'low', 1))
  set_ceiling(low)
  put(group, 'c', math.min(concurrency(), low))
  put(group, 'away', 0)
end

local function note_success(in_flight, granted_at)
  confirm_capacity(granted_at)
  local before = concurrency()
  local c = grown(before, group.fields.slow == '1', in_flight, binding_ceiling(before), number_of(group, 'top', 0))
  put(group, 'c', math.min(c, number_of(group, 'cMax', c)))
  put(group, 'goodAt', NOW)
end

-- Where calls are lost one by one, at whatever concurrency, no ceiling is learned but by chance, and such a one
-- is given up after HOLD_ANSWERS: it is not lowered meanwhile unless the drop came right at it.
local function learn_ceiling(c, in_flight)
  -- Few calls in flight say nothing about how many could be.
  if in_flight < c / 2 then return end
  local top = number_of(group, 'top', 0)
  put(group, 'top', in_flight)
  if in_flight <= top * ALIKE and top <= in_flight * ALIKE then set_ceiling(math.max(1, math.min(in_flight, top) - 1)) end
end

-- What seemed a capacity was an outage.
local function forget_turned_away()
  put(group, 'away', 0)
  if number_of(group, 'ceilingAt', -1) >= number_of(group, 'dropAt', 0) then put(group, 'ceiling', 0) end
end

-- Once for each generation of calls: those that fail together started under the same concurrency. `at_door`: it
-- failed too soon to have been worked on, so the others in flight are those that were let in, or were not yet looked at.
local function note_overload(in_flight, at_door)
  local is_same = NOW - number_of(group, 'dropAt', -1e12) < median_ms()
  if not is_same then put(group, 'away', 0) end
  if at_door then
    local away = number_of(group, 'away', 0)
    put(group, 'low', away > 0 and math.min(number_of(group, 'low'), in_flight - 1) or in_flight - 1)
    put(group, 'away', away + 1)
  end
  if is_same then return end
  local c, known = concurrency(), ceiling()
  if known and c > known then
    -- More was tried and is too much: nothing below has become worse.
    put(group, 'c', known)
    set_ceiling(known)
  else
    learn_ceiling(c, in_flight)
    put(group, 'c', dropped(c))
  end
  put(group, 'slow', '0')
  put(group, 'dropAt', NOW)
  put(group, 'goodAt', NOW)
end

-- When a slot is likely to come free, within reason.
local function slot_wait()
  return math.min(250, math.max(20, math.floor(median_ms() / concurrency())))
end
