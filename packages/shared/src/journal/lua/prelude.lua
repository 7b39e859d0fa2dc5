-- Shared by every script of the journal.
-- KEYS: 1 scan  2 items  3 states  4 attempts  5 events  6-12 one sorted set per status in the order of
-- STATUS  13 active scans  14 cluster -> running scan  15 excluded  16 all scans
local SCAN, ITEMS, STATES, ATTEMPTS, EVENTS = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local ACTIVE, GUARD, EXCLUDED, SCANS = KEYS[13], KEYS[14], KEYS[15], KEYS[16]
local STATUS = { 'queued', 'running', 'retrying', 'succeeded', 'failed', 'skipped', 'canceled' }
local SET = {}
for index, status in ipairs(STATUS) do SET[status] = KEYS[5 + index] end
local TERMINAL = { succeeded = true, failed = true, skipped = true, canceled = true }
-- Finished scans stay readable for a month, as long as the answers they paid for.
local KEEP_SECONDS = 2592000

local time = redis.call('TIME')
local NOW = time[1] * 1000 + math.floor(time[2] / 1000)

local function quote(text) return cjson.encode(text) end

-- Appends one event under the next sequence number; the only place that writes the stream.
local function event(kind, data)
  local seq = redis.call('HINCRBY', SCAN, 'seq', 1)
  local cap = redis.call('HGET', SCAN, 'maxlen') or '5000'
  redis.call('XADD', EVENTS, 'MAXLEN', '~', cap, seq .. '-0', 'type', kind, 'at', NOW, 'data', data)
  return seq
end

local function load_state(resource)
  local text = redis.call('HGET', STATES, resource)
  return text and cjson.decode(text) or nil
end

local function save_state(resource, state)
  redis.call('HSET', STATES, resource, cjson.encode(state))
end

-- Moves an item between status sets and saves it. Scores: its place in the plan while it waits, the
-- sequence number of the event that brought it there otherwise.
local function move(resource, state, to, seq)
  redis.call('ZREM', SET[state.s], resource)
  state.s = to
  local score = seq
  if to == 'queued' then score = state.i end
  redis.call('ZADD', SET[to], score, resource)
  save_state(resource, state)
end

local function count(status) return redis.call('ZCARD', SET[status]) end

-- Remembers the last finishes for the rate of the ETA.
local function note_finish()
  local recent = redis.call('HGET', SCAN, 'recent') or ''
  recent = recent .. NOW .. ','
  if #recent > 900 then recent = string.sub(recent, -896) end
  redis.call('HSET', SCAN, 'recent', recent)
end

local function for_each_key(command, ...)
  for index = 1, 12 do redis.call(command, KEYS[index], ...) end
  redis.call(command, EXCLUDED, ...)
end

local function seal(status, problem)
  redis.call('HSET', SCAN, 'status', status, 'finishedAt', NOW)
  redis.call('HDEL', SCAN, 'pause')
  local data = '{"status":' .. quote(status)
  if problem and problem ~= '' then
    redis.call('HSET', SCAN, 'problem', problem)
    data = data .. ',"problem":' .. problem
  end
  event('scan.finished', data .. '}')
  local id = redis.call('HGET', SCAN, 'id')
  redis.call('SREM', ACTIVE, id)
  local cluster = redis.call('HGET', SCAN, 'cluster')
  if redis.call('HGET', GUARD, cluster) == id then redis.call('HDEL', GUARD, cluster) end
  for_each_key('EXPIRE', KEEP_SECONDS)
end

-- The last one in closes the scan.
local function seal_if_over()
  local status = redis.call('HGET', SCAN, 'status')
  local open = status == 'queued' or status == 'running' or status == 'paused' or status == 'canceling'
  if not open or count('queued') + count('running') + count('retrying') > 0 then return end
  if status == 'canceling' then return seal('canceled') end
  if count('failed') == 0 then return seal('succeeded') end
  if count('succeeded') + count('skipped') == 0 then return seal('failed') end
  return seal('partial')
end

local function add_attempt(resource, attempt)
  local before = redis.call('HGET', ATTEMPTS, resource)
  redis.call('HSET', ATTEMPTS, resource, before and (before .. '\n' .. attempt) or attempt)
end

local function cancel_item(resource, state)
  local seq = event('resource.canceled', '{"resource":' .. quote(resource) .. '}')
  state.ft = NOW
  state.na = nil
  move(resource, state, 'canceled', seq)
end

local function fail_item(resource, state, problem, reason)
  local seq = event('resource.failed', '{"resource":' .. quote(resource) .. ',"attempts":' .. state.n
    .. ',"problem":' .. problem .. '}')
  state.p = problem
  state.fr = reason
  state.ft = NOW
  state.na = nil
  redis.call('HINCRBY', SCAN, 'failed:' .. reason, 1)
  note_finish()
  move(resource, state, 'failed', seq)
end
