-- A rate limit that no header tells, seen by the 429s it gives. Nobody knows how much such a bucket holds, but right
-- at a 429 it is empty: what was let in between two of them is what was refilled meanwhile, so
-- taken / time is the rate, and less when the bucket ran over in between. It is never more.
-- As in CUBIC (RFC 9438) there is a plateau below the last known level, and the way above it is slow first and then
-- ever faster; unlike there the plateau is what held, and not what failed.
-- Fields: <dimension>:hidden (a minute, 0 = none), <dimension>:taken (since the mark), markAt (a 429 to measure from),
-- markRate (calls a minute when it came, until a lesson), awayAt (last 429), awaySince (a 429 that is still to be learned
-- from, 0 = none), awayRate (calls a minute when it or the first of its series came), awayBound (1 = and a hidden limit held
-- calls up), strikes and luckUntil (429s that a rate does not explain), hiddenAt (of the last lesson), pressed (answers since
-- then while the limit bound), guessed (1 until measured), confirmed (how often in a row a try found the plateau right).
local MEASURED = { 'requests', 'input-tokens', 'output-tokens' }
-- A share is left free: estimates are off, and the bucket has to get on from empty.
local PART = 0.95
-- A 429 that should not have come lowers to what was measured, but by no more and no less than this.
local LEAST_PART = 0.7
-- So little time, or less than two generations of calls, measures nothing; after so much an idle bucket may have run
-- over, so it is no first measure.
local LEAST_MS, GENERATIONS, MOST_MS = 2000, 2, 60000
-- Younger marks are kept: from the same one to a later 429 is the longer and better measure.
local MARK_MS = 20000
-- More is tried after so many answers, and after twice as many each time that the plateau proves to be right, up to
-- PATIENCE: so at most about one call in so many is turned away. The clock tries too, else a slow account would never
-- find out. How fast more is tried from then on does not depend on it: after sqrt(3) of the rise the limit is forgotten.
local TRY_ANSWERS, TRY_MS = 4000, 1800000
local RISE_ANSWERS, RISE_MS = 2000, 1800000
local PATIENCE = 2
-- What was measured is never more than the rate, so a 429 after fewer answers at the plateau speaks against there being a
-- limit. After so many in a row the 429s are taken for luck, for so long.
local SOON_ANSWERS, MOST_STRIKES, LUCK_MS = 400, 3, 300000
local FORGET = 4
local FAR = 1.3
-- The first 429 measures nothing. Until the second one this part of the calls a minute before it is what may start,
-- else all of them would start again at once. Fewer calls in flight than that are no flood, and not worth a guess,
-- and a guess is no reason to hold back for long.
local GUESS_PART, GUESS_FROM, TRY_GUESS = 0.5, 10, 200
-- Refill that we start behind the provider after a 429, so that it always has that much more than we believe.
local BEHIND_MS = 2000

-- Operators and headers know better: this is for accounts of which neither says anything.
local function limits_told()
  for _, name in ipairs(DIMENSIONS) do
    if number_of(group, name .. ':configured') or number_of(group, name .. ':observed') then return true end
  end
  return false
end

-- 1 on the plateau, then 1 + x^2.
local function tried_factor()
  local pressed, old = number_of(group, 'pressed', 0), NOW - number_of(group, 'hiddenAt', NOW)
  local longer = 2 ^ number_of(group, 'confirmed', 0)
  local is_guess = group.fields.guessed == '1'
  local answers, rise = is_guess and TRY_GUESS or longer * TRY_ANSWERS, is_guess and TRY_GUESS or RISE_ANSWERS
  local x = math.max((pressed - answers) / rise, (old - longer * TRY_MS) / RISE_MS)
  if x <= 0 then return 1 end
  return 1 + x * x
end

local function hidden_limit(name)
  local plateau = number_of(group, name .. ':hidden', 0)
  if plateau == 0 or limits_told() then return nil end
  local factor = tried_factor()
  return factor < FORGET and math.floor(plateau * factor) or nil
end

-- Counts what was drawn since the mark. Nothing is counted before the first 429.
local function note_taken(costs)
  if not group.fields.markAt then return end
  for index, name in ipairs(MEASURED) do
    put(group, name .. ':taken', number_of(group, name .. ':taken', 0) + costs[index])
  end
end

-- Of a call: puts what it really took in place of what was reserved; nothing when it was turned away.
local function correct_taken(granted_at, reserved, actual)
  if granted_at <= number_of(group, 'markAt', NOW) then return end
  note_taken({ actual[1] - reserved[1], actual[2] - reserved[2], actual[3] - reserved[3] })
end

local function measure_from(moment)
  put(group, 'markAt', moment)
  for _, name in ipairs(MEASURED) do put(group, name .. ':taken', 0) end
end

-- A 429 that may be the first of a series; fewer calls are under way at the later ones.
local function note_first_429(calls_a_minute)
  measure_from(NOW)
  put(group, 'markRate', calls_a_minute)
end

-- Those that were under way when the first of them was turned away belong to it. The lesson is learned when the
-- next call wants to start, because only then all of them are back.
local function note_turned_away(granted_at, calls_a_minute, bound)
  if number_of(group, 'awaySince', 0) > 0 or granted_at <= number_of(group, 'awayAt', -1) then return end
  put(group, 'awaySince', NOW)
  put(group, 'awayRate', math.max(calls_a_minute, number_of(group, 'markRate', 0)))
  put(group, 'markRate', 0)
  put(group, 'awayBound', bound and 1 or 0)
end

-- A minute of the dimension, as far as the calls since the mark tell. The bucket may have been short of a whole call
-- at one end and not at the other. Calls of few tokens and of many are not yet even among few calls.
local function measured(index, span, calls)
  local taken = number_of(group, MEASURED[index] .. ':taken', 0)
  local counted = index == 1 and taken - 1 or taken * (1 + 1 / math.sqrt(calls))
  return math.max(1, math.floor(PART * counted / span * 60000))
end

-- Pure: the new plateau of a known one. `factor`: how much more than the plateau was tried; 1 = nothing.
local function next_plateau(plateau, rate, factor)
  if plateau == 0 then return rate end
  if factor > 1 then return math.max(plateau, rate) end
  return math.max(1, math.floor(math.min(PART * plateau, math.max(LEAST_PART * plateau, rate))))
end

local function put_plateaus(plateaus, guessed, confirmed)
  put(group, 'confirmed', confirmed or 0)
  for index, name in ipairs(MEASURED) do put(group, name .. ':hidden', plateaus[index]) end
  put(group, 'guessed', guessed)
  put(group, 'hiddenAt', NOW)
  put(group, 'pressed', 0)
end

-- Counts the 429s in a row that a learned rate does not explain.
local function is_struck_out(is_tried)
  local is_strike = not is_tried and number_of(group, 'pressed', 0) < SOON_ANSWERS
  local strikes = is_strike and number_of(group, 'strikes', 0) + 1 or 0
  put(group, 'strikes', strikes)
  return strikes >= MOST_STRIKES
end

local function forget_rates()
  put_plateaus({ 0, 0, 0 }, 0)
  put(group, 'strikes', 0)
  put(group, 'luckUntil', NOW + LUCK_MS)
end

-- Of a known plateau. Where far more than it and than what was measured went well for a while, the bucket ran over:
-- the limit was raised meanwhile, or the bucket is large, or it was a bad guess. The middle is a guess that the next
-- 429 puts right. It is not followed by another guess: more is tried so soon after one that it would always be far,
-- and a known limit would be met every few hundred calls for ever.
local function relearn_rates(rates, factor)
  local was_guess = group.fields.guessed == '1'
  if is_struck_out(factor > 1 or was_guess) then return forget_rates() end
  local lower, middle = {}, {}
  for index, name in ipairs(MEASURED) do
    local plateau = number_of(group, name .. ':hidden', 0)
    lower[index] = was_guess and rates[index] or next_plateau(plateau, rates[index], factor)
    middle[index] = math.floor((lower[index] + math.max(lower[index], plateau * factor)) / 2)
  end
  local is_far = factor > 1 and number_of(group, 'requests:hidden', 0) * factor > FAR * lower[1]
  if is_far then return put_plateaus(middle, was_guess and 0 or 1) end
  local proofs = number_of(group, 'confirmed', 0)
  put_plateaus(lower, 0, factor > 1 and not was_guess and math.min(PATIENCE, proofs + 1) or proofs)
end

local function learn_rates(span)
  local calls, factor = number_of(group, 'requests:taken', 0), tried_factor()
  local known = number_of(group, 'requests:hidden', 0) > 0 and factor < FORGET
  if span >= math.max(LEAST_MS, GENERATIONS * median_ms()) and calls >= 2 then
    local rates = { measured(1, span, calls), measured(2, span, calls), measured(3, span, calls) }
    if known and group.fields.awayBound == '1' then return relearn_rates(rates, factor) end
    if span <= MOST_MS then return put_plateaus(rates, 0) end
    if known then return put_plateaus(rates, 1) end
  end
  if not known and number_of(group, 'awayRate', 0) > 0 then
    put_plateaus({ math.max(1, math.floor(GUESS_PART * number_of(group, 'awayRate'))), 0, 0 }, 1)
  end
end

local function is_by_luck() return NOW < number_of(group, 'luckUntil', 0) end

-- Returns whether there was a lesson: then the buckets have to be emptied.
local function learn_from_429()
  local at = number_of(group, 'awaySince', 0)
  if at == 0 or number_of(group, 'pauseUntil', 0) > NOW then return false end
  local mark = number_of(group, 'markAt')
  local span = at - (mark or at)
  if not limits_told() then learn_rates(span) end
  if not mark or span >= MARK_MS then measure_from(at) end
  put(group, 'awayAt', at)
  put(group, 'awaySince', 0)
  return true
end

-- Whether a hidden limit is what holds calls up, and so what was too high when one is turned away all the same.
local function hidden_binds(buckets)
  for _, bucket in ipairs(buckets) do
    if bucket.hidden and bucket.used * 2 >= bucket.capacity then return true end
  end
  return false
end
