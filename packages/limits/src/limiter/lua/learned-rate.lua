-- Learns a rate limit that neither the operator nor a header states, from the 429s that it causes. The capacity of such a
-- bucket is unknown, but at a 429 it is empty. So the calls admitted between two 429s used what was refilled in between:
-- usage / time is the rate, or less if the bucket was full for a while. It is never more.
-- As in CUBIC (RFC 9438) there is a plateau below the last known limit. Above it the rate grows slowly at first, then
-- faster. Unlike in CUBIC, the plateau is a rate that succeeded, not one that failed.
-- Fields: rate:<dimension>:plateau (per minute, 0 = none), rate:<dimension>:used (since the mark), rate:markAt (the 429 that the
-- measurement starts from), rate:rejectedAt (last 429 that was learned from), rate:learnedAt, rate:answers (since learnedAt,
-- while the limit delayed calls), rate:isGuess (1 until measured), rate:failedProbes (of a higher rate, in a row).
-- The 429 to learn from: rate:pending:at (0 = none), :isBound (1 if a learned limit delayed calls), :isExhausted (1 if the
-- calls after it were rejected as well), :isRare (1 if it was the first in many calls); rate:highest (calls per minute at the
-- 429s since a rate was known, estimated from the calls in flight).
-- rate:strikes and rate:chanceUntil (429s that no rate explains).
-- Calls of the present busy period, in two parts: rate:busy:lastAt (last grant), :at and :calls (the part that is growing),
-- :earlierAt and :earlierCalls (the part before it).
local rates = {}
do
  local MEASURED = { 'requests', 'input-tokens', 'output-tokens' }
  -- Fraction of the measured rate that is used: estimates are inaccurate, and the bucket starts empty.
  local SAFE_FRACTION = 0.95
  -- A 429 below the plateau lowers it to the measured rate, but to no less than this fraction.
  local MIN_FRACTION = 0.7
  -- A span below 2 s or two call durations is too short to measure. After a longer span than MAX_SPAN_MS an idle bucket
  -- may have been full, so it is no first measurement.
  local MIN_SPAN_MS, MIN_CALL_DURATIONS, MAX_SPAN_MS = 2000, 2, 60000
  -- A mark younger than this is kept, because a longer span gives a more exact measurement.
  local MARK_MS = 20000
  -- A higher rate is probed after this many answers or, for accounts with few calls, after this time. Each failed probe
  -- doubles both, at most MAX_FAILED_PROBES times. At most about one call in 4,000 is rejected by a probe.
  local PROBE_ANSWERS, PROBE_MS = 4000, 1800000
  -- How fast a probe grows: after sqrt(3) times this the limit is forgotten.
  local RISE_ANSWERS, RISE_MS = 2000, 1800000
  local MAX_FAILED_PROBES = 2
  -- A measured rate never exceeds the limit, so a 429 at the plateau contradicts it (a strike). After MAX_STRIKES without
  -- a probe in between, 429s count as chance events for CHANCE_MS.
  local MAX_STRIKES, CHANCE_MS = 2, 300000
  local FORGET_FACTOR = 4
  local FAR_FACTOR = 1.3
  -- Until a rate can be measured it is guessed, if calls would be rejected meanwhile: a fraction of the calls per minute, or
  -- the least rate that explains the calls admitted in a long busy period, if that is more. A full bucket of
  -- LARGEST_BURST_MS and its refill admit those. A guess is probed early. A guess above the limit costs one more rejection, but
  -- then the limit can be measured; one below it costs throughput. With fewer than 10 calls in flight no guess is needed.
  local GUESS_FRACTION, MIN_CALLS_TO_GUESS, LARGEST_BURST_MS, MIN_BUSY_MS = 0.7, 10, 60000, 20000
  local GUESS_PROBE_ANSWERS, GUESS_PROBE_MS = 200, 20000
  -- Fewer calls measure a rate badly, so the result counts as a guess. Then a guess that was too high is halved at most.
  local MIN_CALLS_TO_MEASURE, FEW_CALLS_FRACTION = 10, 0.5
  -- A busy period ends after this time without a grant. The longer part of it covers BUSY_PART_MS.
  local IDLE_MS, BUSY_PART_MS = 10000, 150000

  -- Returns whether the operator or a header states a limit. Rates are learned only without one.
  function rates.are_stated()
    for _, name in ipairs(DIMENSIONS) do
      local field = 'bucket:' .. name
      if number_of(limits, field .. ':configured') or number_of(limits, field .. ':observed') then return true end
    end
    return false
  end

  -- Returns the multiple of the plateau that is admitted: 1, and 1 + x^2 during a probe.
  local function probe_factor()
    local answers, age = number_of(limits, 'rate:answers', 0), NOW - number_of(limits, 'rate:learnedAt', NOW)
    local x
    if limits.fields['rate:isGuess'] == '1' then
      x = math.max(answers / GUESS_PROBE_ANSWERS, age / GUESS_PROBE_MS) - 1
    else
      local backoff = 2 ^ number_of(limits, 'rate:failedProbes', 0)
      x = math.max((answers - backoff * PROBE_ANSWERS) / RISE_ANSWERS, (age - backoff * PROBE_MS) / RISE_MS)
    end
    if x <= 0 then return 1 end
    return 1 + x * x
  end

  function rates.limit(name)
    local plateau = number_of(limits, 'rate:' .. name .. ':plateau', 0)
    if plateau == 0 or rates.are_stated() then return nil end
    local factor = probe_factor()
    return factor < FORGET_FACTOR and math.floor(plateau * factor) or nil
  end

  local function count_usage(costs)
    if not limits.fields['rate:markAt'] then return end
    for _, name in ipairs(MEASURED) do
      local field = 'rate:' .. name .. ':used'
      put(limits, field, number_of(limits, field, 0) + costs[name])
    end
  end

  local function start_part(earlier_at, earlier_calls)
    put(limits, 'rate:busy:earlierAt', earlier_at)
    put(limits, 'rate:busy:earlierCalls', earlier_calls)
    put(limits, 'rate:busy:at', NOW)
    put(limits, 'rate:busy:calls', 0)
  end

  local function count_busy_call()
    local at = number_of(limits, 'rate:busy:at', 0)
    if NOW - number_of(limits, 'rate:busy:lastAt', 0) > IDLE_MS then
      start_part(NOW, 0)
      put(limits, 'rate:highest', 0)
    elseif NOW - at > BUSY_PART_MS then
      start_part(at, number_of(limits, 'rate:busy:calls', 0))
    end
    put(limits, 'rate:busy:lastAt', NOW)
    put(limits, 'rate:busy:calls', number_of(limits, 'rate:busy:calls', 0) + 1)
  end

  -- Records the costs of a granted call, by dimension.
  function rates.record_usage(costs)
    count_busy_call()
    count_usage(costs)
  end

  -- Replaces the reserved by the actual usage of a call.
  function rates.correct_usage(granted_at, reserved, actual)
    if granted_at >= number_of(limits, 'rate:busy:at', 0) then
      put(limits, 'rate:busy:calls', number_of(limits, 'rate:busy:calls', 0) + actual.requests - reserved.requests)
    end
    if granted_at <= number_of(limits, 'rate:markAt', NOW) then return end
    local difference = {}
    for _, name in ipairs(MEASURED) do difference[name] = actual[name] - reserved[name] end
    count_usage(difference)
  end

  local function set_mark(moment)
    put(limits, 'rate:markAt', moment)
    for _, name in ipairs(MEASURED) do put(limits, 'rate:' .. name .. ':used', 0) end
  end

  -- Estimates calls per minute from the calls in flight; 0 for few calls.
  function rates.calls_per_minute(in_flight)
    return in_flight >= MIN_CALLS_TO_GUESS and math.floor(in_flight / median_ms() * 60000) or 0
  end

  -- Records a 429. If its call started before the last 429, it belongs to the same event. The rate is learned at the next
  -- acquire, because only then all calls of the event have ended. `seen`: calls_per_minute, is_bound (a learned limit
  -- delayed calls), is_exhausted (the calls after a first 429 were rejected as well), is_rare (the first 429 in many calls).
  function rates.record_429(granted_at, seen)
    put(limits, 'rate:highest', math.max(number_of(limits, 'rate:highest', 0), seen.calls_per_minute))
    if number_of(limits, 'rate:pending:at', 0) > 0 then
      if seen.is_exhausted then put(limits, 'rate:pending:isExhausted', '1') end
      return
    end
    if granted_at <= number_of(limits, 'rate:rejectedAt', -1) then return end
    put(limits, 'rate:pending:at', NOW)
    put(limits, 'rate:pending:isBound', seen.is_bound and '1' or '0')
    put(limits, 'rate:pending:isExhausted', seen.is_exhausted and '1' or '0')
    put(limits, 'rate:pending:isRare', seen.is_rare and '1' or '0')
  end

  -- Measures the rate per minute of one dimension by the usage since the mark. The bucket may have lacked one call at either
  -- end. For tokens the margin covers the variation of call sizes, which is larger among few calls.
  local function measure(name, span, calls)
    local used = number_of(limits, 'rate:' .. name .. ':used', 0)
    local counted = name == 'requests' and used - 1 or used * (1 + 1 / math.sqrt(calls))
    return math.max(1, math.floor(SAFE_FRACTION * counted / span * 60000))
  end

  -- Returns the new plateau. `factor`: the probed multiple of the plateau; 1 = no probe.
  local function next_plateau(plateau, rate, factor)
    if plateau == 0 then return rate end
    if factor > 1 then return math.max(plateau, rate) end
    return math.max(1, math.floor(math.min(SAFE_FRACTION * plateau, math.max(MIN_FRACTION * plateau, rate))))
  end

  local function put_plateaus(plateaus, is_guess, failed_probes)
    put(limits, 'rate:failedProbes', failed_probes or 0)
    for _, name in ipairs(MEASURED) do put(limits, 'rate:' .. name .. ':plateau', plateaus[name]) end
    put(limits, 'rate:isGuess', is_guess and '1' or '0')
    put(limits, 'rate:learnedAt', NOW)
    put(limits, 'rate:answers', 0)
    put(limits, 'rate:highest', 0)
  end

  -- Counts 429s in a row that the learned rate does not explain. Chance rejects no calls in a row, so an exhausted limit is
  -- lower than the plateau.
  local function has_max_strikes(is_probe)
    local is_explained = is_probe or limits.fields['rate:pending:isExhausted'] == '1'
    local is_guess = limits.fields['rate:isGuess'] == '1'
    local strikes = is_explained and 0 or number_of(limits, 'rate:strikes', 0) + (is_guess and 0 or 1)
    put(limits, 'rate:strikes', strikes)
    return strikes >= MAX_STRIKES
  end

  local function only_requests(requests)
    return { requests = requests, ['input-tokens'] = 0, ['output-tokens'] = 0 }
  end

  local function forget_rates()
    put_plateaus(only_requests(0), false)
    put(limits, 'rate:strikes', 0)
    put(limits, 'rate:chanceUntil', NOW + CHANCE_MS)
  end

  -- Learns from a 429 at a known plateau. If a far higher rate than the plateau and the measurement succeeded for a while, the
  -- bucket was full: the limit was raised, the bucket is large, or the plateau was a bad guess. The middle is then a guess that
  -- the next 429 corrects. No guess follows a guess: it is probed so early that the result would always be far, and
  -- a known limit would be hit every few hundred calls.
  local function relearn(measured, factor, calls)
    if has_max_strikes(factor > 1) then return forget_rates() end
    local was_guess = limits.fields['rate:isGuess'] == '1'
    local is_guess = was_guess and calls < MIN_CALLS_TO_MEASURE
    local lower, middle = {}, {}
    for _, name in ipairs(MEASURED) do
      local plateau = number_of(limits, 'rate:' .. name .. ':plateau', 0)
      if is_guess then
        lower[name] = plateau == 0 and 0 or math.max(measured[name], math.floor(FEW_CALLS_FRACTION * plateau))
      else
        lower[name] = was_guess and measured[name] or next_plateau(plateau, measured[name], factor)
      end
      middle[name] = math.floor((lower[name] + math.max(lower[name], plateau * factor)) / 2)
    end
    local probed = number_of(limits, 'rate:requests:plateau', 0) * factor
    local is_far = factor > 1 and probed > FAR_FACTOR * lower.requests
    if is_far then return put_plateaus(middle, not was_guess) end
    local failed_probes = number_of(limits, 'rate:failedProbes', 0)
    if factor > 1 and not was_guess then failed_probes = math.min(MAX_FAILED_PROBES, failed_probes + 1) end
    put_plateaus(lower, is_guess, failed_probes)
  end

  -- Returns the guessed calls per minute at the pending 429; below 1: none.
  local function guess()
    local fraction = GUESS_FRACTION * number_of(limits, 'rate:highest', 0)
    local span = number_of(limits, 'rate:pending:at') - number_of(limits, 'rate:busy:earlierAt', NOW)
    if span < MIN_BUSY_MS then return math.floor(fraction) end
    local calls = number_of(limits, 'rate:busy:calls', 0) + number_of(limits, 'rate:busy:earlierCalls', 0)
    return math.floor(math.max(fraction, SAFE_FRACTION * calls / (span + LARGEST_BURST_MS) * 60000))
  end

  local function learn(span)
    local calls, factor = number_of(limits, 'rate:requests:used', 0), probe_factor()
    local is_known = number_of(limits, 'rate:requests:plateau', 0) > 0 and factor < FORGET_FACTOR
    if span >= math.max(MIN_SPAN_MS, MIN_CALL_DURATIONS * median_ms()) and calls >= 2 then
      local measured = {}
      for _, name in ipairs(MEASURED) do measured[name] = measure(name, span, calls) end
      if is_known and limits.fields['rate:pending:isBound'] == '1' then return relearn(measured, factor, calls) end
      local is_guess = span > MAX_SPAN_MS or calls < MIN_CALLS_TO_MEASURE
      if is_known or span <= MAX_SPAN_MS then return put_plateaus(measured, is_guess) end
    end
    if is_known then return end
    if limits.fields['rate:pending:isExhausted'] ~= '1' and limits.fields['rate:pending:isRare'] ~= '1' then return end
    local guessed = guess()
    if guessed >= 1 then put_plateaus(only_requests(guessed), true) end
  end

  function rates.are_by_chance() return NOW < number_of(limits, 'rate:chanceUntil', 0) end

  -- Learns from the pending 429. Returns whether there was one: then the buckets have to be emptied.
  function rates.learn_from_429()
    local at = number_of(limits, 'rate:pending:at', 0)
    if at == 0 or paused_until() > NOW then return false end
    local mark = number_of(limits, 'rate:markAt')
    local span = at - (mark or at)
    if not rates.are_stated() then learn(span) end
    if not mark or span >= MARK_MS then set_mark(at) end
    put(limits, 'rate:rejectedAt', at)
    put(limits, 'rate:pending:at', 0)
    return true
  end

  -- Whether a learned limit delays calls, and is therefore too high if a call is rejected all the same.
  function rates.are_binding(buckets)
    for _, bucket in ipairs(buckets) do
      if bucket.is_learned and bucket.used * 2 >= bucket.capacity then return true end
    end
    return false
  end

  function rates.count_answer() put(limits, 'rate:answers', number_of(limits, 'rate:answers', 0) + 1) end
end
