-- Distinguishes load from chance: tests whether calls fail more often the more of them are in flight. A call counts as
-- answered from its grant until it fails, so that calls in flight delay a conclusion.
-- Fields. Regression over x = ln(concurrency); concurrency = calls in flight at the grant, including this one:
-- evidence:calls, evidence:failed,
-- evidence:x and evidence:xx (sums over calls), evidence:xf (sum over failed calls), evidence:agedAt (last halving),
-- evidence:resetAt. Their size does not depend on the number of calls.
-- The present round (one call duration): evidence:round:at, :calls, :failed. Calls above the learned ceiling:
-- evidence:above:calls, :failed. Calls granted after a first rejection: evidence:rejection:at (0 = none), :calls, :ended, :failed.
-- Calls granted since a 429: evidence:gap:at (the 429), :calls.
-- Calls in flight together that were answered: evidence:together:at, :left, :answered, and :minute0 to :minute4 (record
-- of minute and most).
-- A table in a `do` block, because Lua allows 200 local names per script.
local evidence = {}
do
  local SUMS = { 'evidence:calls', 'evidence:failed', 'evidence:x', 'evidence:xx', 'evidence:xf' }
  -- Limits the weight of old calls, which would hide a change of the provider.
  local HALF_LIFE_MS, MAX_CALLS = 60000, 1000
  -- Standard deviations (one-sided 0.1 %), and the fewest failures for a conclusion.
  local SIGNIFICANT, MIN_FAILED = 3, 3
  -- Below this variance nearly all calls had the same concurrency, so there is nothing to compare.
  local MIN_VARIANCE = 1e-4
  -- This many failures in a round, and this share of its calls, are not chance at any concurrency.
  local MIN_BURST, BURST_SHARE = 5, 0.4
  -- Sequential probability ratio tests (Wald 1945). Above a ceiling most calls fail. An exhausted limit rejects the next
  -- calls as well; chance rejects one in ten of them at most.
  local ABOVE_SHARE, ABOVE_THRESHOLD = 0.7, math.log(50)
  local REJECTED_SHARE, CHANCE_SHARE, LIMIT_THRESHOLD, CHANCE_THRESHOLD = 0.5, 0.1, math.log(100), math.log(20)
  -- A 429 after this many calls without one is rare.
  local RARE_GAP = 300
  local MINUTE_MS, MINUTES = 60000, 5

  local function add(field, amount) put(limits, field, number_of(limits, field, 0) + amount) end

  -- Halves by powers of two: exact in floating point, so the model in the tests computes the same values.
  local function age_sums()
    local halvings = math.floor((NOW - number_of(limits, 'evidence:agedAt', NOW)) / HALF_LIFE_MS)
    if number_of(limits, 'evidence:calls', 0) >= MAX_CALLS then halvings = halvings + 1 end
    if halvings == 0 and limits.fields['evidence:agedAt'] then return end
    for _, name in ipairs(SUMS) do put(limits, name, number_of(limits, name, 0) / 2 ^ math.min(60, halvings)) end
    put(limits, 'evidence:agedAt', NOW)
  end

  function evidence.reset()
    for _, name in ipairs(SUMS) do put(limits, name, 0) end
    put(limits, 'evidence:resetAt', NOW)
  end

  function evidence.reset_above()
    put(limits, 'evidence:above:calls', 0)
    put(limits, 'evidence:above:failed', 0)
  end

  local function start_round()
    local at = number_of(limits, 'evidence:round:at')
    if at and NOW - at < median_ms() then return end
    put(limits, 'evidence:round:at', NOW)
    put(limits, 'evidence:round:calls', 0)
    put(limits, 'evidence:round:failed', 0)
  end

  -- Records a granted call. `concurrency`: calls in flight, including this one.
  function evidence.record_call(concurrency)
    age_sums()
    local x = math.log(concurrency)
    add('evidence:calls', 1)
    add('evidence:x', x)
    add('evidence:xx', x * x)
    start_round()
    add('evidence:round:calls', 1)
    local known = number_of(limits, 'ceiling:calls', 0)
    if known > 0 and concurrency > known then add('evidence:above:calls', 1) end
    if number_of(limits, 'evidence:rejection:at', 0) > 0 then add('evidence:rejection:calls', 1) end
    add('evidence:gap:calls', 1)
  end

  -- Removes a call that was not sent or was cancelled. Halvings since its grant have reduced its weight, so at most the
  -- present count is removed.
  function evidence.remove_call(concurrency, granted_at)
    if granted_at <= number_of(limits, 'evidence:resetAt', 0) then return end
    local calls, x = number_of(limits, 'evidence:calls', 0), math.log(concurrency)
    local weight = math.min(1, calls)
    put(limits, 'evidence:calls', calls - weight)
    put(limits, 'evidence:x', math.max(0, number_of(limits, 'evidence:x', 0) - weight * x))
    put(limits, 'evidence:xx', math.max(0, number_of(limits, 'evidence:xx', 0) - weight * x * x))
  end

  -- Records a failure that load may have caused.
  function evidence.record_failure(concurrency, granted_at)
    if granted_at > number_of(limits, 'evidence:resetAt', 0) then
      add('evidence:failed', 1)
      add('evidence:xf', math.log(concurrency))
    end
    if granted_at >= number_of(limits, 'evidence:round:at', 0) then add('evidence:round:failed', 1) end
    local known = number_of(limits, 'ceiling:calls', 0)
    if known > 0 and concurrency > known and granted_at > number_of(limits, 'ceiling:at', 0) then
      add('evidence:above:failed', 1)
    end
  end

  -- Score test of a trend in proportions (Cochran 1954, Armitage 1955).
  function evidence.shows_load()
    local calls, failed = number_of(limits, 'evidence:calls', 0), number_of(limits, 'evidence:failed', 0)
    if failed < MIN_FAILED or failed >= calls then return false end
    local mean, share = number_of(limits, 'evidence:x', 0) / calls, failed / calls
    local variance = number_of(limits, 'evidence:xx', 0) / calls - mean * mean
    if variance < MIN_VARIANCE then return false end
    local covariance = number_of(limits, 'evidence:xf', 0) / calls - mean * share
    return covariance * math.sqrt(calls) >= SIGNIFICANT * math.sqrt(variance * share * (1 - share))
  end

  function evidence.shows_burst()
    local failed = number_of(limits, 'evidence:round:failed', 0)
    return failed >= MIN_BURST and failed >= BURST_SHARE * number_of(limits, 'evidence:round:calls', 0)
  end

  -- Log likelihood ratio of the observation under a failure share of `share` against `alternative`.
  local function log_ratio(failed, calls, share, alternative)
    return failed * math.log(share / alternative) + math.max(0, calls - failed) * math.log((1 - share) / (1 - alternative))
  end

  -- Whether calls above the learned ceiling fail more often than all calls do.
  function evidence.shows_ceiling()
    local usual = (number_of(limits, 'evidence:failed', 0) + 1) / (number_of(limits, 'evidence:calls', 0) + 50)
    local failed, calls = number_of(limits, 'evidence:above:failed', 0), number_of(limits, 'evidence:above:calls', 0)
    return failed > 0 and log_ratio(failed, calls, ABOVE_SHARE, math.min(0.5, usual)) >= ABOVE_THRESHOLD
  end

  -- Records a 429. Returns whether the calls after a first one are rejected as well: then a limit is exhausted.
  function evidence.record_rejection(granted_at)
    local first = number_of(limits, 'evidence:rejection:at', 0)
    if first > 0 and granted_at >= first then add('evidence:rejection:failed', 1) end
    local failed = number_of(limits, 'evidence:rejection:failed', 0)
    local calls, ended = number_of(limits, 'evidence:rejection:calls', 0), number_of(limits, 'evidence:rejection:ended', 0)
    -- Rejections return sooner than answers: calls in flight are evidence against a limit, but not for chance.
    local is_limit = log_ratio(failed, calls, REJECTED_SHARE, CHANCE_SHARE) >= LIMIT_THRESHOLD
    local is_chance = log_ratio(failed, ended, REJECTED_SHARE, CHANCE_SHARE) <= -CHANCE_THRESHOLD
    if first == 0 or is_limit or is_chance then
      put(limits, 'evidence:rejection:at', NOW)
      put(limits, 'evidence:rejection:calls', 0)
      put(limits, 'evidence:rejection:ended', 0)
      put(limits, 'evidence:rejection:failed', 0)
    end
    return is_limit
  end

  -- Records a 429; calls granted before the last 429 belong to the same event. Returns whether 429s are rare.
  function evidence.record_gap(granted_at)
    if granted_at <= number_of(limits, 'evidence:gap:at', 0) then return false end
    local is_rare = number_of(limits, 'evidence:gap:calls', 0) >= RARE_GAP
    put(limits, 'evidence:gap:calls', 0)
    put(limits, 'evidence:gap:at', NOW)
    return is_rare
  end

  -- Returns the maximum number of calls that were in flight at one moment of the last five minutes and were all answered.
  function evidence.answered_together()
    local minute, most = math.floor(NOW / MINUTE_MS), 0
    for index = 0, MINUTES - 1 do
      local seen = unpack_record(limits.fields['evidence:together:minute' .. index])
      if seen.minute and seen.minute > minute - MINUTES then most = math.max(most, seen.most) end
    end
    return most
  end

  -- Records the end of a call. `left`: calls still in flight. Counts the answered calls among those that
  -- were in flight at the last mark, and sets a new mark when none of
  -- them is left or after two call durations.
  function evidence.record_end(granted_at, is_answered, left)
    if granted_at >= number_of(limits, 'evidence:rejection:at', NOW + 1) then add('evidence:rejection:ended', 1) end
    local mark = number_of(limits, 'evidence:together:at', 0)
    if granted_at < mark then
      add('evidence:together:left', -1)
      if is_answered then
        add('evidence:together:answered', 1)
        local minute = math.floor(NOW / MINUTE_MS)
        local field = 'evidence:together:minute' .. minute % MINUTES
        local seen = unpack_record(limits.fields[field])
        local most = math.max(seen.minute == minute and seen.most or 0, number_of(limits, 'evidence:together:answered'))
        put(limits, field, pack_record({ minute = minute, most = most }))
      end
    end
    if number_of(limits, 'evidence:together:left', 0) > 0 and NOW - mark < 2 * median_ms() then return end
    put(limits, 'evidence:together:at', NOW)
    put(limits, 'evidence:together:left', left)
    put(limits, 'evidence:together:answered', 0)
  end
end
