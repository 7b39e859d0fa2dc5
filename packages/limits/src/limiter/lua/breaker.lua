-- Circuit breaker of one account and model. Fields: breaker:state (none = closed), breaker:epoch (plus 1 at each change),
-- breaker:openPeriods (in a row), breaker:openUntil, breaker:failures (in a row), breaker:since (when it left closed),
-- breaker:reason (error text of the failure that opened it), breaker:window0 to breaker:window5 (record of slot, answered,
-- failed: the last minute in parts of 10 s), probe:expiry1 and probe:expiry2, probe:answered (count).
-- An outcome counts only under the epoch of its grant: a call that started before carries no information about now.
local circuit = open_hash(BREAKER)
local breaker = {}
do
  local SLOT_MS, SLOTS = 10000, 6
  local PROBES = 2
  -- Calls of the last minute that suffice to open at half of them failed, and for an estimate of the usual failure rate.
  local MIN_CALLS, MIN_CALLS_TO_ESTIMATE = 10, 20
  -- It opens after so many failures in a row that chance causes them once in a million calls: 5 at a failure rate of 6 percent or less,
  -- at most 10.
  local RARE, MIN_RATE, MAX_RATE = 1e-6, 0.06, 0.25
  -- Short, so that the end of an outage is noticed soon. Two calls per open period are a small load.
  local OPEN_MS, MAX_OPEN_MS = 5000, 7000
  -- Without a call for so long, the state of the provider is unknown.
  local STALE_MS = 120000
  -- Enough for readers that were disconnected for a short time, as in provider-events.ts.
  local MAX_EVENTS = 1000
  -- Milliseconds to wait for the end of a probe, which is unknown.
  local PROBE_WAIT_MS = 250

  -- The state, and whether an open period has just ended.
  function breaker.state()
    local state = circuit.fields['breaker:state'] or 'closed'
    if state == 'open' and NOW >= number_of(circuit, 'breaker:openUntil', 0) then return 'half-open', true end
    return state, false
  end

  function breaker.epoch() return number_of(circuit, 'breaker:epoch', 0) end

  function breaker.reason() return circuit.fields['breaker:reason'] or '' end

  -- Remaining milliseconds of the open period; 0 in other states.
  function breaker.open_ms()
    return breaker.state() == 'open' and number_of(circuit, 'breaker:openUntil', 0) - NOW or 0
  end

  -- Since when calls fail; nil if they do not, or if that is unknown.
  function breaker.unhealthy_since()
    local _, due = breaker.state()
    if due and NOW - number_of(circuit, 'breaker:openUntil', 0) > STALE_MS then return nil end
    return number_of(circuit, 'breaker:since')
  end

  -- Keeps the epoch, the number of open periods, and since when and why the breaker is not closed.
  local function change_state(state, open_periods, reason)
    local since = breaker.unhealthy_since() or NOW
    local epoch = breaker.epoch() + 1
    redis.call('DEL', BREAKER)
    circuit = { key = BREAKER, fields = {}, changed = {} }
    put(circuit, 'breaker:state', state)
    put(circuit, 'breaker:epoch', epoch)
    put(circuit, 'breaker:openPeriods', open_periods)
    if state == 'closed' then return end
    put(circuit, 'breaker:since', since)
    put(circuit, 'breaker:reason', reason)
  end

  -- `jitter`: factor of the open period, in thousandths.
  local function open(open_periods, jitter, reason)
    change_state('open', open_periods, reason)
    local ms = math.floor(math.min(MAX_OPEN_MS, OPEN_MS * 2 ^ open_periods) * jitter / 1000)
    put(circuit, 'breaker:openUntil', NOW + ms)
    return 'open', ms
  end

  function breaker.end_open_period() put(circuit, 'breaker:openUntil', NOW) end

  local function free_probe()
    for probe = 1, PROBES do
      if number_of(circuit, 'probe:expiry' .. probe, 0) <= NOW then return probe end
    end
  end

  -- When the breaker lets a call start, as an upper bound; 0 if it does now. Without a free probe that is the expiry of
  -- the first probe, but an answer comes sooner.
  function breaker.blocked_until()
    local state, due = breaker.state()
    if state == 'open' then return number_of(circuit, 'breaker:openUntil', 0) end
    if state == 'half-open' and not due and not free_probe() then
      return math.min(number_of(circuit, 'probe:expiry1', 0), number_of(circuit, 'probe:expiry2', 0))
    end
    return 0
  end

  -- Milliseconds until a call may start.
  function breaker.wait()
    local state, due = breaker.state()
    if state == 'open' then return number_of(circuit, 'breaker:openUntil', 0) - NOW end
    if state == 'half-open' and not due and not free_probe() then return PROBE_WAIT_MS end
    return 0
  end

  -- A call is granted. Returns its probe (0 = none), and the change of state or ''.
  function breaker.enter(ttl_ms)
    local state, due = breaker.state()
    if state ~= 'half-open' then return 0, '' end
    if due then change_state('half-open', number_of(circuit, 'breaker:openPeriods', 0), circuit.fields['breaker:reason']) end
    local probe = free_probe()
    put(circuit, 'probe:expiry' .. probe, NOW + ttl_ms)
    return probe, due and 'half-open' or ''
  end

  -- Publishes a change in the step that causes it, so that no crash separates them. `index_name`: provider, account and
  -- model as JSON; '' = do not publish. `change`: as returned by breaker.enter and breaker.leave.
  function breaker.publish(index_name, change, open_ms)
    if change == '' or index_name == '' then return end
    redis.call('XADD', EVENTS, 'MAXLEN', '~', MAX_EVENTS, '*',
      'breaker', index_name, 'state', change, 'at', string.format('%.0f', NOW), 'forMs', open_ms,
      'reason', breaker.reason())
  end

  -- Counts an outcome. Returns the answered and failed calls of the last minute.
  local function count_outcome(is_answered)
    local slot = math.floor(NOW / SLOT_MS)
    local field = 'breaker:window' .. slot % SLOTS
    local current = unpack_record(circuit.fields[field])
    if current.slot ~= slot then current = { slot = slot, answered = 0, failed = 0 } end
    local outcome = is_answered and 'answered' or 'failed'
    current[outcome] = current[outcome] + 1
    put(circuit, field, pack_record(current))
    put(circuit, 'breaker:failures', is_answered and 0 or number_of(circuit, 'breaker:failures', 0) + 1)
    local answered, failed = 0, 0
    for index = 0, SLOTS - 1 do
      local window = unpack_record(circuit.fields['breaker:window' .. index])
      if window.slot and window.slot > slot - SLOTS then
        answered, failed = answered + window.answered, failed + window.failed
      end
    end
    return answered, failed
  end

  -- Whether the failures in a row are too many for chance, given the failure rate before them.
  local function is_long_run(answered, failed)
    local run = number_of(circuit, 'breaker:failures', 0)
    local before = math.max(0, failed - run)
    local rate = answered + before >= MIN_CALLS_TO_ESTIMATE and before / (answered + before) or 0
    return math.max(MIN_RATE, math.min(MAX_RATE, rate)) ^ run <= RARE
  end

  -- A call ended. `health`: 'ok', 'failed', or nil if the outcome carries no information about the provider's health.
  -- `reason` is stored if the breaker opens. Returns the change or '', and the length of the open period.
  function breaker.leave(reservation, health, jitter, reason)
    local probe = reservation.probe
    if reservation.epoch ~= breaker.epoch() then return '', 0 end
    if probe > 0 then put(circuit, 'probe:expiry' .. probe, 0) end
    if not health then return '', 0 end
    if probe > 0 then
      if health == 'failed' then return open(number_of(circuit, 'breaker:openPeriods', 0) + 1, jitter, reason) end
      local answered = number_of(circuit, 'probe:answered', 0) + 1
      put(circuit, 'probe:answered', answered)
      if answered < PROBES then return '', 0 end
      change_state('closed', 0)
      return 'closed', 0
    end
    local answered, failed = count_outcome(health == 'ok')
    local is_broken = answered + failed >= MIN_CALLS and failed >= answered
    if is_broken or is_long_run(answered, failed) then return open(0, jitter, reason) end
    return '', 0
  end

  function breaker.save() save(circuit) end
end
