-- Distinguishes load from luck: do calls fail more often the more of them are in flight? Each call counts as answered from its
-- grant on, and as failed when it fails, so that calls under way hold back a hasty conclusion.
-- Fields, all of x = ln(calls in flight at the grant, itself included): load:calls, load:failed, load:x, load:xx (sums over calls),
-- load:xf (over failed ones), load:at (last halving), load:since (last reset). They are all the state there is, whatever the load.
-- The present generation: recent:at, recent:calls, recent:failed. Calls above a learned ceiling: above:calls, above:failed.
-- Refusals that follow a first one: refusal:at (0 = none), refusal:calls (granted), refusal:ended, refusal:failed. Calls
-- granted between two 429s: gap:at (last 429), gap:calls, and of a series of such gaps gap:count, gap:sum and gap:least.
-- What was answered together: proof:at, proof:left, proof:ok, and proof0 to proof4 (minute, most of that minute).
-- A block of its own: Lua allows 200 local names in a script.
local evidence = {}
do
  local SUMS = { 'load:calls', 'load:failed', 'load:x', 'load:xx', 'load:xf' }
  -- Old calls say little about now, and many of them would outweigh those of a change.
  local HALF_LIFE_MS, MOST_CALLS = 60000, 1000
  -- Standard deviations (one-sided 0.1 %), of at least so many failures.
  local SIGNIFICANT, LEAST_FAILED = 3, 3
  -- Where hardly more than one level was tried there is nothing to compare.
  local LEAST_VARIANCE = 1e-4
  -- So many failures of a generation, and this share of it, are more than luck, whatever the load was before.
  local MANY, MANY_SHARE = 5, 0.4
  -- Sequential probability ratio tests (Wald 1945). Above a capacity most calls fail; a limit that is used up refuses
  -- the next calls as well, and by luck it refuses one in ten of them at most.
  local ABOVE, ABOVE_ENOUGH = 0.7, math.log(50)
  local REFUSED, BY_LUCK, FOLLOW_ENOUGH, LUCK_ENOUGH = 0.5, 0.1, math.log(100), math.log(20)
  -- A rate lets so many calls in at least after each wait, and luck now none and now fifty: the least of several gaps with an
  -- exponential distribution, times their number, divided by their mean, exceeds x with the probability exp(-x). A gap of less
  -- than half of the least begins another series, and so do so many gaps.
  local REGULAR, SERIES = math.log(1000), 20
  local MINUTE_MS, MINUTES = 60000, 5

  local function add_to(field, amount) put(group, field, number_of(group, field, 0) + amount) end

  -- By whole powers of two, which no clock and no language rounds.
  local function age_evidence()
    local halvings = math.floor((NOW - number_of(group, 'load:at', NOW)) / HALF_LIFE_MS)
    if number_of(group, 'load:calls', 0) >= MOST_CALLS then halvings = halvings + 1 end
    if halvings == 0 and group.fields['load:at'] then return end
    for _, name in ipairs(SUMS) do put(group, name, number_of(group, name, 0) / 2 ^ math.min(60, halvings)) end
    put(group, 'load:at', NOW)
  end

  function evidence.forget()
    for _, name in ipairs(SUMS) do put(group, name, 0) end
    put(group, 'load:since', NOW)
  end

  local function begin_recent()
    if group.fields['recent:at'] and NOW - number_of(group, 'recent:at') < median_ms() then return end
    put(group, 'recent:at', NOW)
    put(group, 'recent:calls', 0)
    put(group, 'recent:failed', 0)
  end

  -- Of a call that is granted as the `level`-th in flight.
  function evidence.note_call(level)
    age_evidence()
    local x = math.log(level)
    add_to('load:calls', 1)
    add_to('load:x', x)
    add_to('load:xx', x * x)
    begin_recent()
    add_to('recent:calls', 1)
    local known = number_of(group, 'ceiling', 0)
    if known > 0 and level > known then add_to('above:calls', 1) end
    if number_of(group, 'refusal:at', 0) > 0 then add_to('refusal:calls', 1) end
    if number_of(group, 'gap:at', 0) > 0 then add_to('gap:calls', 1) end
  end

  -- Of a call that was never made or was given up: it says nothing. Its part has halved with the others meanwhile, or more.
  function evidence.drop_call(level, granted_at)
    if granted_at <= number_of(group, 'load:since', 0) then return end
    local calls, x = number_of(group, 'load:calls', 0), math.log(level)
    local part = math.min(1, calls)
    put(group, 'load:calls', calls - part)
    put(group, 'load:x', math.max(0, number_of(group, 'load:x', 0) - part * x))
    put(group, 'load:xx', math.max(0, number_of(group, 'load:xx', 0) - part * x * x))
  end

  -- Of a call that failed in a way that a load may bring about.
  function evidence.note_failure(level, granted_at)
    if granted_at > number_of(group, 'load:since', 0) then
      add_to('load:failed', 1)
      add_to('load:xf', math.log(level))
    end
    if granted_at >= number_of(group, 'recent:at', 0) then add_to('recent:failed', 1) end
    local known = number_of(group, 'ceiling', 0)
    if known > 0 and level > known and granted_at > number_of(group, 'ceilingAt', 0) then add_to('above:failed', 1) end
  end

  -- Score test of a trend in proportions (Cochran 1954, Armitage 1955).
  function evidence.shows_load()
    local calls, failed = number_of(group, 'load:calls', 0), number_of(group, 'load:failed', 0)
    if failed < LEAST_FAILED or failed >= calls then return false end
    local mean, share = number_of(group, 'load:x', 0) / calls, failed / calls
    local variance = number_of(group, 'load:xx', 0) / calls - mean * mean
    if variance < LEAST_VARIANCE then return false end
    local covariance = number_of(group, 'load:xf', 0) / calls - mean * share
    return covariance * math.sqrt(calls) >= SIGNIFICANT * math.sqrt(variance * share * (1 - share))
  end

  function evidence.shows_many()
    local failed = number_of(group, 'recent:failed', 0)
    return failed >= MANY and failed >= MANY_SHARE * number_of(group, 'recent:calls', 0)
  end

  -- How much likelier what was seen is where so large a share fails than where `otherwise` does, as a logarithm.
  local function log_ratio(failed, calls, share, otherwise)
    return failed * math.log(share / otherwise) + math.max(0, calls - failed) * math.log((1 - share) / (1 - otherwise))
  end

  -- Whether calls above the learned ceiling fail, and not only as often as all calls do.
  function evidence.shows_ceiling()
    local usual = (number_of(group, 'load:failed', 0) + 1) / (number_of(group, 'load:calls', 0) + 50)
    local failed, calls = number_of(group, 'above:failed', 0), number_of(group, 'above:calls', 0)
    return failed > 0 and log_ratio(failed, calls, ABOVE, math.min(0.5, usual)) >= ABOVE_ENOUGH
  end

  -- Of a 429. Whether the calls after a first one are refused as well: then a limit is used up.
  function evidence.note_refusal(granted_at)
    local first = number_of(group, 'refusal:at', 0)
    if first > 0 and granted_at >= first then add_to('refusal:failed', 1) end
    local failed = number_of(group, 'refusal:failed', 0)
    -- Refusals come back sooner than answers: calls under way speak against a limit, and do not prove luck.
    local is_limit = log_ratio(failed, number_of(group, 'refusal:calls', 0), REFUSED, BY_LUCK) >= FOLLOW_ENOUGH
    local is_luck = log_ratio(failed, number_of(group, 'refusal:ended', 0), REFUSED, BY_LUCK) <= -LUCK_ENOUGH
    if first == 0 or is_limit or is_luck then
      put(group, 'refusal:at', NOW)
      put(group, 'refusal:calls', 0)
      put(group, 'refusal:ended', 0)
      put(group, 'refusal:failed', 0)
    end
    return is_limit
  end

  -- Of a 429; those granted before the last one came are the same. Returns whether 429s come as regularly as those of a rate, and
  -- whether this one begins another series of gaps.
  function evidence.note_gap(granted_at)
    local count, sum, least = number_of(group, 'gap:count', 0), number_of(group, 'gap:sum', 0), number_of(group, 'gap:least', 0)
    if granted_at > number_of(group, 'gap:at', 0) then
      local gap = number_of(group, 'gap:calls', 0)
      if count == 0 or count == SERIES or gap * 2 < least then count, sum, least = 0, 0, gap end
      if group.fields['gap:at'] then count, sum, least = count + 1, sum + gap, math.min(least, gap) end
      put(group, 'gap:count', count)
      put(group, 'gap:sum', sum)
      put(group, 'gap:least', least)
      put(group, 'gap:calls', 0)
      put(group, 'gap:at', NOW)
    end
    return count * count * least >= REGULAR * math.max(1, sum), count <= 1
  end

  -- Most calls that were in flight at one moment of the last five minutes and were all answered.
  function evidence.answered_together()
    local minute, most = math.floor(NOW / MINUTE_MS), 0
    for index = 0, MINUTES - 1 do
      local seen = unpack_numbers(group.fields['proof' .. index] or '0,0')
      if seen[1] > minute - MINUTES then most = math.max(most, seen[2]) end
    end
    return most
  end

  -- Of a call that has ended; `left`: calls still in flight. Counts those that were under way at the last mark.
  function evidence.note_end(granted_at, is_answered, left)
    if granted_at >= number_of(group, 'refusal:at', NOW + 1) then add_to('refusal:ended', 1) end
    local mark = number_of(group, 'proof:at', 0)
    if granted_at < mark then
      add_to('proof:left', -1)
      if is_answered then
        add_to('proof:ok', 1)
        local minute = math.floor(NOW / MINUTE_MS)
        local field = 'proof' .. minute % MINUTES
        local seen = unpack_numbers(group.fields[field] or '0,0')
        local most = math.max(seen[1] == minute and seen[2] or 0, number_of(group, 'proof:ok'))
        put(group, field, pack_numbers({ minute, most }))
      end
    end
    if number_of(group, 'proof:left', 0) > 0 and NOW - mark < 2 * median_ms() then return end
    put(group, 'proof:at', NOW)
    put(group, 'proof:left', left)
    put(group, 'proof:ok', 0)
  end
end
