-- AIMD (additive increase, multiplicative decrease) of the concurrency limit (Chiu and Jain 1989; constants of Netflix
-- concurrency-limits, with a decrease to 0.7). Rate limits do not change it: the buckets enforce those.
-- Fields: aimd:limit, aimd:start and aimd:max (configured), aimd:slowStart (1 until the first decrease), aimd:goodAt (when
-- the limit last worked), aimd:lastMax (calls in flight at the last decrease). The present round of failures:
-- aimd:roundAt (first failure), aimd:isDecreased (1 = it lowered the limit), aimd:isByLoad (1 = on evidence of load),
-- aimd:decreaseReason (error text), aimd:rejectedEarly (calls that failed too soon to have been processed), aimd:leftIn
-- (fewest other calls in flight at such a failure), aimd:answeredIn (calls in flight at the start of the round that were answered
-- since). Trouble is a period of failures with an unknown cause (load or outage). State before it: aimd:beforeTrouble (the limit,
-- 0 = no trouble), aimd:beforeSlowStart, aimd:troubleAt (its start).
-- Learned ceiling: ceiling:calls (0 = none), ceiling:answers (since it was learned), ceiling:failedProbes (in a row;
-- negative until the first: it is early), ceiling:at (when it was learned).
local aimd = {}
do
  local DECREASE = 0.7
  -- A limit that last worked longer ago is replaced by the configured start.
  local LIMIT_VALID_MS = 86400000
  -- Two decreases in a row with calls in flight within this factor mean a ceiling that no header states.
  local SIMILAR_FACTOR = 1.25
  -- A value above a ceiling is probed after this many answers or this time. Each failed probe doubles both, at most
  -- MAX_FAILED_PROBES times, so that few calls are lost to probes. A new ceiling is probed early (INITIAL_FAILED_PROBES),
  -- because only one round of calls supports it.
  local PROBE_ANSWERS, PROBE_MS, INITIAL_FAILED_PROBES, MAX_FAILED_PROBES = 4000, 600000, -5, 2
  -- Without evidence of load no failure lowers the limit below this.
  local MIN_WITHOUT_LOAD = 4
  -- This many calls rejected together, while others in flight are answered, show a ceiling at once.
  local MIN_REJECTED_TOGETHER = 3

  -- Increases the limit by half of the distance to `target` per round, at least by one call (binary increase, Xu, Harfoush
  -- and Rhee 2004).
  local function approach(limit, target)
    return math.min(target, limit + math.max(1, (target - limit) / 2) / limit)
  end

  -- Returns the limit after an answer. Slow start adds one per answer, so it doubles every round. Below a known ceiling, or
  -- below `last_max`, the limit approaches it.
  local function increase(limit, is_slow_start, in_flight, ceiling, last_max)
    -- A limit that is not used is no evidence for a higher one.
    if in_flight < limit / 2 then return limit end
    if ceiling and limit <= ceiling then return approach(limit, ceiling) end
    if is_slow_start then return limit + 1 end
    return limit < last_max - 1 and approach(limit, last_max - 1) or limit + 1 / limit
  end

  function aimd.limit()
    if NOW - number_of(limits, 'aimd:goodAt', NOW) > LIMIT_VALID_MS then return number_of(limits, 'aimd:start', 1) end
    return number_of(limits, 'aimd:limit', 1)
  end

  function aimd.configure(start, max)
    local is_known = limits.fields['aimd:limit'] and NOW - number_of(limits, 'aimd:goodAt', 0) <= LIMIT_VALID_MS
    if not is_known then
      put(limits, 'aimd:limit', start)
      put(limits, 'aimd:slowStart', '1')
      put(limits, 'aimd:goodAt', NOW)
      put(limits, 'aimd:decreaseReason', '')
    end
    put(limits, 'aimd:start', start)
    put(limits, 'aimd:max', max)
    put(limits, 'aimd:limit', math.min(number_of(limits, 'aimd:limit'), max))
  end

  local function learned_ceiling()
    local calls = number_of(limits, 'ceiling:calls', 0)
    return calls > 0 and calls or nil
  end

  -- `failed_probes`: number in a row of a higher limit. Never below the calls that the provider has just answered together.
  local function set_ceiling(calls, failed_probes)
    put(limits, 'ceiling:calls', math.max(calls, evidence.answered_together()))
    evidence.reset_above()
    put(limits, 'ceiling:failedProbes', failed_probes)
    put(limits, 'ceiling:answers', 0)
    put(limits, 'ceiling:at', NOW)
  end

  -- The ceiling in force; nil once a probe is due. It is forgotten after two more calls than the ceiling succeeded. The limit grows
  -- from it by one per round: faster growth is how the ceiling was exceeded before.
  local function ceiling_in_force(limit)
    local known = learned_ceiling()
    if not known then return nil end
    put(limits, 'aimd:slowStart', '0')
    put(limits, 'aimd:lastMax', math.min(number_of(limits, 'aimd:lastMax', 0), known))
    if limit >= known + 2 then
      put(limits, 'ceiling:calls', 0)
      return nil
    end
    local answers = number_of(limits, 'ceiling:answers', 0) + 1
    put(limits, 'ceiling:answers', answers)
    local backoff = 2 ^ number_of(limits, 'ceiling:failedProbes', 0)
    if answers > backoff * PROBE_ANSWERS or NOW - number_of(limits, 'ceiling:at', NOW) > backoff * PROBE_MS then return nil end
    return known
  end

  -- Remembers the limit before the trouble that has just started, until a call that started in it is answered.
  local function remember_limit(limit)
    if number_of(limits, 'aimd:beforeTrouble', 0) > 0 then return end
    put(limits, 'aimd:beforeTrouble', limit)
    put(limits, 'aimd:beforeSlowStart', limits.fields['aimd:slowStart'] or '0')
    put(limits, 'aimd:troubleAt', NOW)
  end

  local function decreased(limit) return math.max(1, limit * DECREASE) end

  -- The failures were an outage, so they are no evidence of a ceiling. Forgets the ceiling learned from them and restores
  -- the limit from before, decreased once for all failures. If the cause was too many calls after all, the next decrease
  -- starts from there.
  function aimd.record_outage()
    put(limits, 'aimd:rejectedEarly', 0)
    if number_of(limits, 'ceiling:at', -1) >= number_of(limits, 'aimd:troubleAt', 0) then put(limits, 'ceiling:calls', 0) end
    local before = number_of(limits, 'aimd:beforeTrouble', 0)
    if before == 0 then return end
    put(limits, 'aimd:limit', math.max(aimd.limit(), decreased(before)))
    put(limits, 'aimd:lastMax', math.max(number_of(limits, 'aimd:lastMax', 0), before))
    put(limits, 'aimd:slowStart', limits.fields['aimd:beforeSlowStart'])
    put(limits, 'aimd:beforeTrouble', 0)
  end

  -- Whether more calls that were in flight together were answered than the assumed ceiling would have admitted. In an outage
  -- earlier calls are answered, while others are rejected although far fewer are left in flight.
  local function is_refuted()
    local left = number_of(limits, 'aimd:rejectedEarly', 0) > 0 and number_of(limits, 'aimd:leftIn', 1)
      or number_of(limits, 'ceiling:at', -1) >= number_of(limits, 'aimd:roundAt', 0) and learned_ceiling()
    return left and number_of(limits, 'aimd:answeredIn', 0) > SIMILAR_FACTOR * math.max(1, left) + MIN_REJECTED_TOGETHER
  end

  -- Early rejections left `leftIn` other calls in flight. Only if one of those is answered, the cause was too many calls and not an
  -- outage.
  local function confirm_ceiling(granted_at)
    if limits.fields['aimd:isDecreased'] ~= '1' or granted_at > number_of(limits, 'aimd:roundAt', 0) then return end
    put(limits, 'aimd:answeredIn', number_of(limits, 'aimd:answeredIn', 0) + 1)
    if is_refuted() then return aimd.record_outage() end
    if limits.fields['aimd:isByLoad'] ~= '1' or number_of(limits, 'aimd:rejectedEarly', 0) < MIN_REJECTED_TOGETHER then return end
    remember_limit(aimd.limit())
    set_ceiling(math.max(1, number_of(limits, 'aimd:leftIn', 1)), INITIAL_FAILED_PROBES)
    put(limits, 'aimd:limit', math.min(aimd.limit(), learned_ceiling()))
    put(limits, 'aimd:rejectedEarly', 0)
  end

  function aimd.record_success(in_flight, granted_at, is_probe)
    confirm_ceiling(granted_at)
    if not is_probe and granted_at > number_of(limits, 'aimd:troubleAt', 0) then put(limits, 'aimd:beforeTrouble', 0) end
    local before = aimd.limit()
    local ceiling = ceiling_in_force(before)
    local is_slow_start, last_max = limits.fields['aimd:slowStart'] == '1', number_of(limits, 'aimd:lastMax', 0)
    local limit = increase(before, is_slow_start, in_flight, ceiling, last_max)
    put(limits, 'aimd:limit', math.min(limit, number_of(limits, 'aimd:max', limit)))
    put(limits, 'aimd:goodAt', NOW)
  end

  local function learn_ceiling(limit, in_flight)
    -- With few calls in flight the failure carries no information about a ceiling.
    if in_flight < limit / 2 then return end
    local last_max = number_of(limits, 'aimd:lastMax', 0)
    put(limits, 'aimd:lastMax', in_flight)
    if in_flight <= last_max * SIMILAR_FACTOR and last_max <= in_flight * SIMILAR_FACTOR then
      set_ceiling(math.max(1, math.min(in_flight, last_max) - 1), INITIAL_FAILED_PROBES)
    end
  end

  -- Whether a breaker probe failed with so few calls in flight that it cannot have exceeded a ceiling.
  function aimd.is_probe_below_ceiling(in_flight)
    local left = learned_ceiling()
      or number_of(limits, 'aimd:rejectedEarly', 0) > 0 and number_of(limits, 'aimd:leftIn', 0)
    return not left or in_flight <= math.max(MIN_REJECTED_TOGETHER, left / SIMILAR_FACTOR)
  end

  -- The breaker has closed. Without a failed probe the cause of the trouble is unknown; slow start recovers in a few rounds.
  function aimd.end_trouble()
    if number_of(limits, 'aimd:beforeTrouble', 0) > 0 then put(limits, 'aimd:slowStart', '1') end
    put(limits, 'aimd:beforeTrouble', 0)
  end

  -- Why a failure lowers the limit: 'load' (the share of failures rises with the calls in flight), 'burst' (too many
  -- failures in one round for chance), or nil (chance).
  local function decrease_signal()
    if evidence.shows_ceiling() or evidence.shows_load() then return 'load' end
    return evidence.shows_burst() and 'burst' or nil
  end

  local function decrease(signal, in_flight)
    local limit, known = aimd.limit(), learned_ceiling()
    local lower = decreased(limit)
    if known and limit > known then
      -- A probe above the ceiling failed: the ceiling itself still holds.
      set_ceiling(known, math.min(MAX_FAILED_PROBES, math.max(0, number_of(limits, 'ceiling:failedProbes', 0) + 1)))
      lower = learned_ceiling()
    elseif signal == 'load' then
      learn_ceiling(limit, in_flight)
      lower = math.min(lower, learned_ceiling() or lower)
    else
      put(limits, 'aimd:lastMax', in_flight)
      lower = math.min(limit, math.max(lower, MIN_WITHOUT_LOAD, evidence.answered_together()))
    end
    put(limits, 'aimd:limit', lower)
    -- The next decrease needs new evidence.
    if signal == 'load' then evidence.reset() end
  end

  -- Records a failure that load may have caused. At most one decrease per round: calls that fail together started under the same
  -- limit. `is_early`: it failed too soon to have been processed, so the other calls in flight were admitted, or are not
  -- processed yet. `is_late`: it started before the breaker changed, which has reacted already. `is_stated`: the
  -- provider states load as the cause. `reason`: its error text.
  function aimd.record_overload(in_flight, failure)
    local is_same_round = NOW - number_of(limits, 'aimd:roundAt', -1e12) < median_ms()
    if failure.is_late and not is_same_round then return end
    if not is_same_round then
      put(limits, 'aimd:rejectedEarly', 0)
      put(limits, 'aimd:answeredIn', 0)
      put(limits, 'aimd:isDecreased', '0')
      put(limits, 'aimd:roundAt', NOW)
    end
    if failure.is_early then
      local rejected = number_of(limits, 'aimd:rejectedEarly', 0)
      local left = in_flight - 1
      put(limits, 'aimd:leftIn', rejected > 0 and math.min(number_of(limits, 'aimd:leftIn'), left) or left)
      put(limits, 'aimd:rejectedEarly', rejected + 1)
    end
    if limits.fields['aimd:isDecreased'] == '1' then
      if evidence.shows_load() then put(limits, 'aimd:isByLoad', '1') end
      if is_refuted() then aimd.record_outage() end
      return
    end
    local signal = failure.is_stated and 'load' or decrease_signal()
    if not signal then return end
    remember_limit(aimd.limit())
    decrease(signal, in_flight)
    put(limits, 'aimd:isDecreased', '1')
    put(limits, 'aimd:isByLoad', signal == 'load' and '1' or '0')
    put(limits, 'aimd:slowStart', '0')
    put(limits, 'aimd:goodAt', NOW)
    put(limits, 'aimd:decreaseReason', failure.reason)
  end

  -- Milliseconds until a slot is likely to be free, between 20 and 250.
  function aimd.slot_wait()
    return math.min(250, math.max(20, math.floor(median_ms() / aimd.limit())))
  end
end
