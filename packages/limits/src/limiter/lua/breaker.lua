-- Circuit breaker of one account and model. Fields: state (none = closed), epoch (one up at each change), streak
-- (open periods in a row), openUntil, run (failures in a row), w0 to w5 (slot, ok, failed: the last minute in
-- parts of 10 s), probe1 and probe2 (expiry), passed (probes that were answered), since (when it opened first and
-- has not closed again), reason (words of the fault that opened it).
-- An outcome counts only under the epoch its call was granted in: what began before says nothing about now.
local SLOT_MS, SLOTS = 10000, 6
local PROBES = 2
local SAMPLE, MANY = 10, 20
-- So many failures in a row that luck brings them about once in a million calls: 5 at 6 percent or less, 10 at most.
local RARE, LEAST_CHANCE, MOST_CHANCE = 1e-6, 0.06, 0.25
-- Short, so that the end of an outage is seen soon: two calls in so long are little to whoever is down.
local OPEN_MS, OPEN_MAX_MS = 5000, 7000

-- Enough for readers that were away for a moment, as in provider-news.ts.
local KEEP_NEWS = 1000

local breaker = open_hash(BREAKER)

local function breaker_state()
  local state = breaker.fields.state or 'closed'
  if state == 'open' and NOW >= number_of(breaker, 'openUntil', 0) then return 'half-open', true end
  return state, false
end

-- Nobody has asked for so long that what was known of the provider says nothing any more.
local STALE_MS = 120000

-- Since when calls fail; nil when they do not, as far as anybody knows.
local function broken_since()
  local _, due = breaker_state()
  if due and NOW - number_of(breaker, 'openUntil', 0) > STALE_MS then return nil end
  return number_of(breaker, 'since')
end

-- All of the state before is forgotten but the epoch, the streak, and since when and why it is not closed.
local function change_breaker(state, streak, reason)
  local since = broken_since() or NOW
  local epoch = number_of(breaker, 'epoch', 0) + 1
  redis.call('DEL', BREAKER)
  breaker = { key = BREAKER, fields = {}, changed = {} }
  put(breaker, 'state', state)
  put(breaker, 'epoch', epoch)
  put(breaker, 'streak', streak)
  if state == 'closed' then return end
  put(breaker, 'since', since)
  put(breaker, 'reason', reason)
end

local function open_breaker(streak, spread, reason)
  change_breaker('open', streak, reason)
  local ms = math.floor(math.min(OPEN_MAX_MS, OPEN_MS * 2 ^ streak) * spread / 1000)
  put(breaker, 'openUntil', NOW + ms)
  return 'open', ms
end

local function free_probe()
  for probe = 1, PROBES do
    if number_of(breaker, 'probe' .. probe, 0) <= NOW then return probe end
  end
end

-- Milliseconds until a call may start; the end of a probe cannot be foreseen.
local function breaker_wait()
  local state, due = breaker_state()
  if state == 'open' then return number_of(breaker, 'openUntil', 0) - NOW end
  if state == 'half-open' and not due and not free_probe() then return 250 end
  return 0
end

-- Called when a call is granted. Returns its probe (0 = none), and the change if there was one.
local function enter_breaker(ttl)
  local state, due = breaker_state()
  if state ~= 'half-open' then return 0, '' end
  if due then change_breaker('half-open', number_of(breaker, 'streak', 0), breaker.fields.reason) end
  local probe = free_probe()
  put(breaker, 'probe' .. probe, NOW + ttl)
  return probe, due and 'half-open' or ''
end

-- Told in the step that brings the change about, so that no death of a worker can part them. `route` is the JSON of
-- who is meant, '' when nobody is to be told; `change` is as returned by enter_breaker and leave_breaker.
local function tell_change(route, change, open_ms)
  if change == '' or route == '' then return end
  redis.call('XADD', NEWS, 'MAXLEN', '~', KEEP_NEWS, '*',
    'breaker', route, 'state', change, 'at', string.format('%.0f', NOW), 'forMs', open_ms,
    'reason', breaker.fields.reason or '')
end

local function count_outcome(ok)
  local slot = math.floor(NOW / SLOT_MS)
  local field = 'w' .. slot % SLOTS
  local mine = unpack_numbers(breaker.fields[field] or '0,0,0')
  if mine[1] ~= slot then mine = { slot, 0, 0 } end
  local place = ok and 2 or 3
  mine[place] = mine[place] + 1
  put(breaker, field, pack_numbers(mine))
  put(breaker, 'run', ok and 0 or number_of(breaker, 'run', 0) + 1)
  local answered, failed = 0, 0
  for index = 0, SLOTS - 1 do
    local part = unpack_numbers(breaker.fields['w' .. index] or '0,0,0')
    if part[1] > slot - SLOTS then answered, failed = answered + part[2], failed + part[3] end
  end
  return answered, failed
end

-- Whether failures in a row are more than luck, by how often calls failed before.
local function is_long_run(answered, failed)
  local run = number_of(breaker, 'run', 0)
  local before = math.max(0, failed - run)
  local chance = answered + before >= MANY and before / (answered + before) or 0
  return math.max(LEAST_CHANCE, math.min(MOST_CHANCE, chance)) ^ run <= RARE
end

-- `result` is 'ok', 'failed' or nil when the outcome says nothing about the provider's health; `reason` is kept when
-- it opens. Returns the change if there was one, and how long the breaker stays open.
local function leave_breaker(epoch, probe, result, spread, reason)
  if epoch ~= number_of(breaker, 'epoch', 0) then return '', 0 end
  if probe > 0 then put(breaker, 'probe' .. probe, 0) end
  if not result then return '', 0 end
  if probe > 0 then
    if result == 'failed' then return open_breaker(number_of(breaker, 'streak', 0) + 1, spread, reason) end
    local passed = number_of(breaker, 'passed', 0) + 1
    put(breaker, 'passed', passed)
    if passed < PROBES then return '', 0 end
    change_breaker('closed', 0)
    return 'closed', 0
  end
  local answered, failed = count_outcome(result == 'ok')
  local broken = answered + failed >= SAMPLE and failed >= answered
  if broken or is_long_run(answered, failed) then return open_breaker(0, spread, reason) end
  return '', 0
end
