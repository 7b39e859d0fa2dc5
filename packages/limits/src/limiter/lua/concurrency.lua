-- AIMD: additive increase, multiplicative decrease of the calls in flight (Chiu and Jain 1989; the numbers are
-- those of Netflix' concurrency-limits, with a drop of 0.7). Rate limits do not move it: the buckets hold those.
local DROP = 0.7
-- A good value of yesterday says little about today.
local GOOD_FOR_MS = 86400000
local WEIGHT = 0.1
-- Two drops in a row with so many calls in flight, within this factor, mean a capacity that no header tells.
local ALIKE = 1.25
-- More than such a ceiling is tried after so many answers, or when it is old, and after twice as many each time that it
-- proves to be right, up to PATIENCE: so at most a few calls in so many are lost to it. The first try comes early, because
-- a ceiling that one generation of calls has shown may be wrong.
local HOLD_ANSWERS, HOLD_MS, UNTRIED = 4000, 600000, -5
-- Without evidence of load no failure leaves fewer calls in flight.
local LEAST_BY_LUCK = 4

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

-- `proofs`: how often it was tried in vain. Never below what the provider has just answered together.
local function set_ceiling(calls, proofs)
  put(group, 'ceiling', math.max(calls, evidence.answered_together()))
  put(group, 'above:calls', 0)
  put(group, 'above:failed', 0)
  put(group, 'proofs', proofs)
  put(group, 'held', 0)
  put(group, 'ceilingAt', NOW)
end

-- The ceiling as it binds now. Past its time it binds no more; once two more calls went well it is gone. The way up from
-- it is one a round: as fast as at the start, or to where it was dropped from, is how it was run into before.
local function binding_ceiling(c)
  local known = ceiling()
  if not known then return nil end
  put(group, 'slow', '0')
  put(group, 'top', math.min(number_of(group, 'top', 0), known))
  if c >= known + 2 then
    put(group, 'ceiling', 0)
    return nil
  end
  local held = number_of(group, 'held', 0) + 1
  put(group, 'held', held)
  local longer = 2 ^ number_of(group, 'proofs', 0)
  if held > longer * HOLD_ANSWERS or NOW - number_of(group, 'ceilingAt', NOW) > longer * HOLD_MS then return nil end
  return known
end

-- What there was before the trouble that has just begun, until a call that started in it is answered (troubleAt).
local function remember_sound(c)
  if number_of(group, 'before', 0) > 0 then return end
  put(group, 'before', c)
  put(group, 'beforeSlow', group.fields.slow or '0')
  put(group, 'troubleAt', NOW)
end

local function dropped(c) return math.max(1, c * DROP) end

-- Of an outage: it tells nothing about how many calls the provider bears. What was learned from it is forgotten, and of
-- what there was before it one drop is taken, however many there were: it comes back as after a single overload, half of
-- the way in a round. If it was too many calls after all, this is the next thing to be dropped from, so each mistake
-- leaves 0.7 of the one before.
local function note_outage()
  put(group, 'away', 0)
  if number_of(group, 'ceilingAt', -1) >= number_of(group, 'troubleAt', 0) then put(group, 'ceiling', 0) end
  local before = number_of(group, 'before', 0)
  if before == 0 then return end
  put(group, 'c', math.max(concurrency(), dropped(before)))
  put(group, 'top', math.max(number_of(group, 'top', 0), before))
  put(group, 'slow', group.fields.beforeSlow)
  put(group, 'before', 0)
end

-- Whether more of the calls that were under way together were answered than what is taken for a capacity would have let
-- in: in an outage those of before it are answered, while others are turned away although far fewer are left.
local function is_refuted()
  local left = number_of(group, 'away', 0) > 0 and number_of(group, 'low', 1)
    or number_of(group, 'ceilingAt', -1) >= number_of(group, 'dropAt', 0) and ceiling()
  return left and number_of(group, 'inside', 0) > ALIKE * math.max(1, left) + TOGETHER
end

-- Calls that were turned away at the door (`away`) left so many others in it (`low`). It takes one of those to be
-- answered to know that it was too many calls and no outage.
local function confirm_capacity(granted_at)
  if group.fields.dropped ~= '1' or granted_at > number_of(group, 'dropAt', 0) then return end
  put(group, 'inside', number_of(group, 'inside', 0) + 1)
  if is_refuted() then return note_outage() end
  if group.fields.shown ~= '1' or number_of(group, 'away', 0) < TOGETHER then return end
  remember_sound(concurrency())
  set_ceiling(math.max(1, number_of(group, 'low', 1)), UNTRIED)
  put(group, 'c', math.min(concurrency(), ceiling()))
  put(group, 'away', 0)
end

local function note_success(in_flight, granted_at, is_probe)
  confirm_capacity(granted_at)
  if not is_probe and granted_at > number_of(group, 'troubleAt', 0) then put(group, 'before', 0) end
  local before = concurrency()
  local known = binding_ceiling(before)
  local c = grown(before, group.fields.slow == '1', in_flight, known, number_of(group, 'top', 0))
  put(group, 'c', math.min(c, number_of(group, 'cMax', c)))
  put(group, 'goodAt', NOW)
end

local function learn_ceiling(c, in_flight)
  -- Few calls in flight say nothing about how many could be.
  if in_flight < c / 2 then return end
  local top = number_of(group, 'top', 0)
  put(group, 'top', in_flight)
  if in_flight <= top * ALIKE and top <= in_flight * ALIKE then set_ceiling(math.max(1, math.min(in_flight, top) - 1), UNTRIED) end
end

-- Whether a probe failed among so few calls that it cannot have been one too many. It may, while hardly fewer are under
-- way than are known to have been left in.
local function was_alone(in_flight)
  local left = ceiling() or number_of(group, 'away', 0) > 0 and number_of(group, 'low', 0)
  return not left or in_flight <= math.max(TOGETHER, left / ALIKE)
end

-- The breaker has closed. Without a failed probe nobody knows what it was; slow start finds the way back in a few rounds.
local function end_trouble()
  if number_of(group, 'before', 0) > 0 then put(group, 'slow', '1') end
  put(group, 'before', 0)
end

-- Why a failure lowers the concurrency: 'load' (the share of calls that fail rises with the calls in flight), 'many' (so many
-- fail at once that it is not luck, and no other load was tried), nil (luck).
local function capacity_signal()
  if evidence.shows_ceiling() or evidence.shows_load() then return 'load' end
  return evidence.shows_many() and 'many' or nil
end

local function lower(signal, in_flight)
  local c, known = concurrency(), ceiling()
  local less = dropped(c)
  if known and c > known then
    -- More was tried and is too much: nothing below has become worse.
    set_ceiling(known, math.min(PATIENCE, math.max(0, number_of(group, 'proofs', 0) + 1)))
    less = ceiling()
  elseif signal == 'load' then
    learn_ceiling(c, in_flight)
    less = math.min(less, ceiling() or less)
  else
    put(group, 'top', in_flight)
    less = math.min(c, math.max(less, LEAST_BY_LUCK, evidence.answered_together()))
  end
  put(group, 'c', less)
  -- It has led to this conclusion: the next one needs calls of its own.
  if signal == 'load' then evidence.forget() end
end

-- At most once for each generation of calls: those that fail together started under the same concurrency. `at_door`: it
-- failed too soon to have been worked on, so the others in flight are those that were let in, or were not yet looked at.
-- `is_late`: it began before the breaker changed, which has drawn the conclusion already. `is_stated`: the provider names
-- the load as the cause. `reason`: its words.
local function note_overload(in_flight, failure)
  local is_same = NOW - number_of(group, 'dropAt', -1e12) < median_ms()
  if failure.is_late and not is_same then return end
  if not is_same then
    put(group, 'away', 0)
    put(group, 'inside', 0)
    put(group, 'dropped', '0')
    put(group, 'dropAt', NOW)
  end
  if failure.at_door then
    local away = number_of(group, 'away', 0)
    put(group, 'low', away > 0 and math.min(number_of(group, 'low'), in_flight - 1) or in_flight - 1)
    put(group, 'away', away + 1)
  end
  if group.fields.dropped == '1' then
    if evidence.shows_load() then put(group, 'shown', '1') end
    if is_refuted() then note_outage() end
    return
  end
  local signal = failure.is_stated and 'load' or capacity_signal()
  if not signal then return end
  remember_sound(concurrency())
  lower(signal, in_flight)
  put(group, 'dropped', '1')
  put(group, 'shown', signal == 'load' and '1' or '0')
  put(group, 'slow', '0')
  put(group, 'goodAt', NOW)
  put(group, 'lowered', failure.reason)
end

-- When a slot is likely to come free, within reason.
local function slot_wait()
  return math.min(250, math.max(20, math.floor(median_ms() / concurrency())))
end
