-- Shared by the scripts of endpoint health: whether calls of one account and model succeed.
-- KEYS: 1 health (hash)  2 leases of the limit key (sorted set, score = expiry in ms)  3 trial (string)
-- 4 last time an operator retried the route (string, ms): earlier faults no longer count
-- Fields: endpoint (fingerprint; another one resets the rest), answeredAt, verdict ('misconfigured' or 'refused'), signature
-- (of the last permanent fault), identical (faults of this signature in a row), permanent and transient (faults in a
-- row), since (of the first one), faultAt. Kept after a success: problem (JSON) and lastAt of the last fault.
local HEALTH, LEASES, TRIAL, RETRIED = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local DAY_MS = 86400000
-- Faults older than an hour carry little information about now.
local FAULTS_MS = 3600000
local FAULT_FIELDS = { 'verdict', 'signature', 'identical', 'permanent', 'transient', 'since', 'faultAt' }
local NOW = clock()

local function is_recent(fault_at)
  local at = tonumber(fault_at) or 0
  return NOW - at < FAULTS_MS and at > (tonumber(redis.call('GET', RETRIED)) or 0)
end

local function clear_faults()
  redis.call('HDEL', HEALTH, unpack(FAULT_FIELDS))
  redis.call('DEL', TRIAL)
end

-- The fields of one endpoint, without those of another one and without old faults; and whether it succeeded within a day.
local function load(endpoint)
  local fields, flat = {}, redis.call('HGETALL', HEALTH)
  for index = 1, #flat, 2 do fields[flat[index]] = flat[index + 1] end
  local is_same = fields.endpoint == endpoint
  if not is_same or not is_recent(fields.faultAt) then
    for _, name in ipairs(FAULT_FIELDS) do fields[name] = nil end
  end
  if fields.verdict == '' then fields.verdict = nil end
  local answered_at = is_same and tonumber(fields.answeredAt) or 0
  return fields, NOW - answered_at < DAY_MS
end

local function save(endpoint, ...)
  if redis.call('HGET', HEALTH, 'endpoint') ~= endpoint then
    clear_faults()
    redis.call('HDEL', HEALTH, 'answeredAt')
  end
  redis.call('HSET', HEALTH, 'endpoint', endpoint, ...)
  redis.call('PEXPIRE', HEALTH, DAY_MS)
end
