-- Shared by the scripts of route health: whether the calls of one account and model have ever been answered well.
-- KEYS: 1 health (hash)  2 leases of the limit key (sorted set, score = expiry in ms)  3 trial (string)
-- 4 when a person last wanted the route tried again (string, ms): faults before count no more
-- Fields: endpoint (fingerprint: another one starts again), answeredAt, verdict ('misconfigured' or 'refused'),
-- signature and same (of the last permanent fault, and how often it came in a row), permanent and transient (faults in a row),
-- since (of the first one), faultAt; and of the last fault, kept when calls are answered again: problem (JSON), lastAt.
local HEALTH, LEASES, TRIAL, RETRIED = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local DAY_MS = 86400000
-- What failed an hour ago says little about now.
local FAULTS_MS = 3600000
local FAULT_FIELDS = { 'verdict', 'signature', 'same', 'permanent', 'transient', 'since', 'faultAt' }
local NOW = clock()

local function is_fresh(fault_at)
  local at = tonumber(fault_at) or 0
  return NOW - at < FAULTS_MS and at > (tonumber(redis.call('GET', RETRIED)) or 0)
end

local function forget_faults()
  redis.call('HDEL', HEALTH, unpack(FAULT_FIELDS))
  redis.call('DEL', TRIAL)
end

-- The numbers and texts of one endpoint; what another one has done does not count.
local function load(endpoint)
  local fields, flat = {}, redis.call('HGETALL', HEALTH)
  for index = 1, #flat, 2 do fields[flat[index]] = flat[index + 1] end
  local is_same = fields.endpoint == endpoint
  if not is_same or not is_fresh(fields.faultAt) then
    for _, name in ipairs(FAULT_FIELDS) do fields[name] = nil end
  end
  if fields.verdict == '' then fields.verdict = nil end
  local answered_at = is_same and tonumber(fields.answeredAt) or 0
  return fields, NOW - answered_at < DAY_MS
end

local function save(endpoint, ...)
  if redis.call('HGET', HEALTH, 'endpoint') ~= endpoint then
    forget_faults()
    redis.call('HDEL', HEALTH, 'answeredAt')
  end
  redis.call('HSET', HEALTH, 'endpoint', endpoint, ...)
  redis.call('PEXPIRE', HEALTH, DAY_MS)
end
