-- Shared by every script of the journal.
-- KEYS: 1 scan  2 items  3 states  4 attempts  5 events  6-12 one sorted set per status in the order of
-- STATUS  13 active scans (hash id -> ActiveScan)  14 live routes  15 excluded  16 all scans  17 closed routes
-- 18 means of models  19 changes of all scans (stream)  20 ends of scans (stream)
--
-- The state of an item (JSON). Names are short because a scan has thousands of items:
--   s status  e epoch  n attempts used  a attempts written  l lost workers  i position in the plan  et estimated tokens
--   q score in its set  st, ft, na times of start, finish and next attempt (ms)  d time worked (ms)
--   ti, tc, to input, cached and output tokens  te number of these that are estimated  c cached  cf confidence
--   ah hash of the answer  so source of the answer  p problem (JSON text)  fr reason of the failure  r reason of the skip ('unchanged', 'discarded')
-- Only while it runs: w worker, t token of the claim; with a budget also rt and rm, reserved tokens and micro-USD.
-- Only until it ends: fa account at which its last failed attempt failed.
-- Only while another attempt pays for its answer: wn number of consecutive waits, wf the scan of that attempt, or of the batch that has
-- its question, if it is another.
--
-- An unfinished scan has no TTL, because its duration has no bound. `seal` sets a TTL on every key.
local SCAN, ITEMS, STATES, ATTEMPTS, EVENTS = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local ACTIVE, ROUTES, EXCLUDED, SCANS, CLOSED = KEYS[13], KEYS[14], KEYS[15], KEYS[16], KEYS[17]
local MODEL_MEANS, CHANGES, ENDS = KEYS[18], KEYS[19], KEYS[20]
local STATUS = { 'queued', 'running', 'retrying', 'succeeded', 'failed', 'skipped', 'canceled' }
local SET = {}
for index, status in ipairs(STATUS) do SET[status] = KEYS[5 + index] end
local TERMINAL = { succeeded = true, failed = true, skipped = true, canceled = true }
local DONE = { succeeded = true, partial = true, failed = true, canceled = true }
-- Finished scans stay readable for 30 days, like the stored answers.
local KEEP_SECONDS = 2592000
-- Waits without a used attempt can repeat for hours, so only the newest part of the attempts of an item is kept.
local ATTEMPTS_BYTES = 16384
-- At most one change 'progress' of a scan in this time. Equal to PROGRESS_EVERY_MS of scan-change.ts.
local PROGRESS_MS = 500
-- Enough for readers that were disconnected for some minutes. Later ones read all scans again.
local MAX_CHANGES = 10000
-- Readers remove the entries that they have processed. Bounded, because there may be no reader.
local MAX_ENDS = 10000

local time = redis.call('TIME')
local NOW = time[1] * 1000 + math.floor(time[2] / 1000)

local function quote(text) return cjson.encode(text) end

-- Scripts that move thousands of items set BATCH to {}. Writes are then sent 500 at a time, which halves the time that the
-- script blocks Redis. Such a script must end with `flush`.
local BATCH
local batched = {}

local function write(command, key, ...)
  if not BATCH then return redis.call(command, key, ...) end
  local name = command .. key
  local batch = BATCH[name]
  if not batch then
    batch = { command, key }
    BATCH[name] = batch
    batched[#batched + 1] = name
  end
  local size = #batch
  batch[size + 1], batch[size + 2] = ...
  if size > 1000 then
    redis.call(unpack(batch))
    BATCH[name] = { command, key }
  end
end

-- Appends one change to the stream of all scans, at most once for a script. Its id is a time, so it is never reused after a
-- restart that lost writes. Readers read the scan itself: at once after 'state' (its status or another field changed) and
-- 'forgotten', but PROGRESS_MS after 'progress' (items moved), so that they see the later events that append no change.
local announced = {}
local function announce(kind)
  if announced.state or announced[kind] then return end
  announced[kind] = true
  if kind == 'progress' then
    local before = tonumber(redis.call('HGET', SCAN, 'announcedAt') or 0)
    -- The clock of the server may be set back.
    if NOW >= before and NOW - before < PROGRESS_MS then return end
    redis.call('HSET', SCAN, 'announcedAt', NOW)
  end
  redis.call('XADD', CHANGES, 'MAXLEN', '~', MAX_CHANGES, '*', 'scan', string.match(SCAN, '[^:]+$'), 'kind', kind)
end

local function set_status(status)
  redis.call('HSET', SCAN, 'status', status)
  announce('state')
end

local next_seq, last_seq = 1, 0
local cap
-- Unwritten changes: estimated tokens of unfinished items, and number of finished items.
local left_tokens, finishes = 0, 0

-- Stores the last 64 finish times for the rate of the ETA: 14 characters each (13 digits and a comma).
local function note_finishes()
  if finishes == 0 then return end
  local recent = (redis.call('HGET', SCAN, 'recent') or '') .. string.rep(NOW .. ',', math.min(finishes, 64))
  redis.call('HSET', SCAN, 'recent', string.sub(recent, -896))
  finishes = 0
end

local function flush()
  for _, name in ipairs(batched) do
    if #BATCH[name] > 2 then redis.call(unpack(BATCH[name])) end
  end
  if BATCH then BATCH, batched = {}, {} end
  if left_tokens ~= 0 then redis.call('HINCRBY', SCAN, 'leftTokens', left_tokens) end
  left_tokens = 0
  note_finishes()
  -- Unused sequence numbers are returned; otherwise the next event would leave a gap.
  if next_seq <= last_seq then redis.call('HINCRBY', SCAN, 'seq', next_seq - last_seq - 1) end
  next_seq, last_seq = 1, 0
end

-- Appends one event under the next sequence number. Nothing else writes the stream.
local function event(kind, data)
  if next_seq > last_seq then
    local block = BATCH and 100 or 1
    last_seq = redis.call('HINCRBY', SCAN, 'seq', block)
    next_seq = last_seq - block + 1
  end
  local seq = next_seq
  next_seq = seq + 1
  cap = cap or redis.call('HGET', SCAN, 'maxlen') or '5000'
  redis.call('XADD', EVENTS, 'MAXLEN', '~', cap, seq .. '-0', 'type', kind, 'at', NOW, 'data', data)
  announce('progress')
  return seq
end

local function load_state(resource)
  local text = redis.call('HGET', STATES, resource)
  return text and cjson.decode(text) or nil
end

-- Adds an item to a status set and stores its state. The score is the position in the plan for queued items, otherwise the
-- sequence number of the event.
local function place(resource, state, to, seq)
  state.s = to
  state.q = to == 'queued' and state.i or seq
  write('ZADD', SET[to], state.q, resource)
  write('HSET', STATES, resource, cjson.encode(state))
end

-- Counts the estimated spend of a running item as spent until its outcome is recorded.
local function reserve(state, tokens, micros)
  state.rt, state.rm = tokens, micros
  redis.call('HINCRBY', SCAN, 'reservedTokens', tokens)
  redis.call('HINCRBY', SCAN, 'reservedMicros', micros)
end

local function unreserve(state)
  if not state.rt then return end
  -- `-state.rt` would be written as `-0` for zero, which Redis rejects as an integer.
  redis.call('HINCRBY', SCAN, 'reservedTokens', 0 - state.rt)
  redis.call('HINCRBY', SCAN, 'reservedMicros', 0 - state.rm)
  state.rt, state.rm = nil, nil
end

-- The scan hash counts how many of its items wait for the calls of each other scan (`waits:<scan id>`).
local function set_wait(state, scan)
  if state.wf == scan then return end
  if state.wf and redis.call('HINCRBY', SCAN, 'waits:' .. state.wf, -1) <= 0 then
    redis.call('HDEL', SCAN, 'waits:' .. state.wf)
  end
  if scan then redis.call('HINCRBY', SCAN, 'waits:' .. scan, 1) end
  state.wf = scan
end

-- `waits_for` is the other scan whose batch has the question of the item.
local function move(resource, state, to, seq, waits_for)
  set_wait(state, waits_for)
  state.wn = nil
  if to ~= 'running' then
    unreserve(state)
    -- Used only while the item runs, and a third of the size of a finished state.
    state.w, state.t = nil, nil
  end
  if TERMINAL[to] then state.fa = nil end
  if TERMINAL[to] ~= TERMINAL[state.s] then
    left_tokens = left_tokens + (TERMINAL[to] and -1 or 1) * (state.et or 0)
  end
  -- Batched writes are grouped by command and key. A ZREM could run after the ZADD of the same set, so it is skipped here.
  if state.s ~= to then write('ZREM', SET[state.s], resource) end
  place(resource, state, to, seq)
end

local function count(status) return redis.call('ZCARD', SET[status]) end

local function unfinished() return count('queued') + count('running') + count('retrying') end

local function for_each_key(command, ...)
  for index = 1, 12 do redis.call(command, KEYS[index], ...) end
  redis.call(command, EXCLUDED, ...)
end

local function announce_start()
  local scan = redis.call('HMGET', SCAN, 'total', 'excluded', 'provider', 'model', 'runAttempt', 'unchanged')
  event('scan.started', '{"total":' .. scan[1] .. ',"skipped":' .. scan[6] .. ',"excluded":' .. scan[2]
    .. ',"provider":' .. quote(scan[3]) .. ',"model":' .. quote(scan[4])
    .. ',"runAttempt":' .. scan[5] .. '}')
end

local MIN_ANSWERS_OF_MEAN = 5

-- Stores the sums of the newest scan with enough answers by calls as the mean of its model.
local function note_model_mean()
  local scan = redis.call('HMGET', SCAN, 'provider', 'model', 'cacheHits', 'curatedAnswers', 'unpriced', 'costMicros', 'workMs')
  local answers = count('succeeded') - (tonumber(scan[3]) or 0) - (tonumber(scan[4]) or 0)
  if answers <= 0 then return end
  local name = scan[1] .. ' ' .. scan[2]
  if answers < MIN_ANSWERS_OF_MEAN and redis.call('HEXISTS', MODEL_MEANS, name) == 1 then return end
  redis.call('HSET', MODEL_MEANS, name,
    answers .. ' ' .. (scan[5] and 'unknown' or scan[6] or '0') .. ' ' .. (scan[7] or '0'))
end

local function seal(status, problem)
  set_status(status)
  redis.call('HSET', SCAN, 'finishedAt', NOW)
  redis.call('HDEL', SCAN, 'pause', 'resumeTo')
  local text = '{"status":' .. quote(status)
  if problem then
    redis.call('HSET', SCAN, 'problem', problem)
    text = text .. ',"problem":' .. problem
  end
  local seq = event('scan.finished', text .. '}')
  flush()
  redis.call('XADD', ENDS, 'MAXLEN', '~', MAX_ENDS, '*', 'scan', redis.call('HGET', SCAN, 'id'), 'seq', seq,
    'status', status)
  note_model_mean()
  redis.call('HDEL', ACTIVE, redis.call('HGET', SCAN, 'id'))
  for_each_key('EXPIRE', KEEP_SECONDS)
end

-- Adds the scan to the index of unfinished scans, with the fields that opening scans and closing routes compare.
local function activate()
  local scan = redis.call('HMGET', SCAN, 'id', 'active')
  redis.call('HSET', ACTIVE, scan[1], scan[2])
end

local function reopen(status)
  set_status(status)
  redis.call('HDEL', SCAN, 'finishedAt', 'problem', 'recent')
  activate()
  for_each_key('PERSIST')
end

-- Seals the scan when its last item has ended.
local function seal_if_over()
  flush()
  local status = redis.call('HGET', SCAN, 'status')
  local open = status == 'queued' or status == 'running' or status == 'paused' or status == 'canceling'
  if not open or unfinished() > 0 then return end
  if status == 'canceling' then return seal('canceled') end
  -- Canceled items remain when a canceled scan was retried in part.
  if count('failed') + count('canceled') == 0 then return seal('succeeded') end
  if count('succeeded') + count('skipped') == 0 then return seal('failed') end
  return seal('partial')
end

-- Appends an attempt. `facts` is a JSON object without the outcome, which is decided here. `before` are the stored attempts;
-- nil reads them.
local function add_attempt(resource, state, facts, outcome, problem, before)
  state.a = (state.a or 0) + 1
  local line = '{"n":' .. state.a .. ',"outcome":' .. quote(outcome)
    .. (problem and ',"problem":' .. problem or '') .. ',' .. string.sub(facts, 2)
  if before == nil then before = redis.call('HGET', ATTEMPTS, resource) end
  if before and #before + #line > ATTEMPTS_BYTES then
    local cut = string.find(before, '\n', math.floor(#before / 4), true)
    before = cut and string.sub(before, cut + 1)
  end
  write('HSET', ATTEMPTS, resource, before and (before .. '\n' .. line) or line)
end

-- Starts an attempt under a new epoch, which fences every earlier attempt. The caller moves the item. Returns the sequence
-- number of the event.
local function begin_attempt(resource, state, worker)
  state.e = state.e + 1
  state.n = state.n + 1
  state.st, state.w = NOW, worker
  state.na, state.p = nil, nil
  return event('resource.started', '{"resource":' .. quote(resource) .. ',"attempt":' .. state.n
    .. ',"worker":' .. quote(worker) .. '}')
end

-- Marks the scan as running at its first attempt. Takes and returns `status` and `started_at` of the scan hash.
local function note_start(status, started_at)
  if status == 'queued' then
    status = 'running'
    set_status(status)
  end
  if not started_at then redis.call('HSET', SCAN, 'startedAt', NOW) end
  return status, started_at or NOW
end

-- Records the running attempt as lost. Its spend is unknown.
local function lose_attempt(resource, state)
  local scan = redis.call('HMGET', SCAN, 'provider', 'model')
  add_attempt(resource, state, '{"startedAtMs":' .. state.st .. ',"durationMs":' .. math.max(0, NOW - state.st)
    .. ',"worker":' .. quote(state.w) .. ',"provider":' .. quote(scan[1]) .. ',"model":' .. quote(scan[2])
    .. ',"usage":null}', 'lost')
end

local function cancel_item(resource, state)
  local seq = event('resource.canceled', '{"resource":' .. quote(resource) .. '}')
  state.ft = NOW
  state.na = nil
  move(resource, state, 'canceled', seq)
end

-- Cancels at most `limit` waiting items.
local function cancel_waiting(limit)
  for _, waiting in ipairs({ 'queued', 'retrying' }) do
    local resources = redis.call('ZRANGE', SET[waiting], 0, limit - 1)
    limit = limit - #resources
    for first = 1, #resources, 500 do
      local last = math.min(first + 499, #resources)
      local states = redis.call('HMGET', STATES, unpack(resources, first, last))
      for index = first, last do
        local text = states[index - first + 1]
        if text then cancel_item(resources[index], cjson.decode(text)) end
      end
    end
    if limit <= 0 then break end
  end
  flush()
end

local function mark_failed(resource, state, problem, reason)
  state.p = problem
  state.fr = reason
  state.ft = NOW
  state.na = nil
  redis.call('HINCRBY', SCAN, 'failed:' .. reason, 1)
  return event('resource.failed', '{"resource":' .. quote(resource) .. ',"attempts":' .. state.n
    .. ',"problem":' .. problem .. '}')
end

local function fail_item(resource, state, problem, reason)
  finishes = finishes + 1
  move(resource, state, 'failed', mark_failed(resource, state, problem, reason))
end
