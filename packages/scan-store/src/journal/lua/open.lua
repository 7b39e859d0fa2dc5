-- Opens a scan and announces its route, joins a scan that covers the request, or returns the reason of the refusal.
-- May be repeated with the same id.
-- KEYS: 21.. the hash of each candidate
-- ARGV: 1 request (JSON): id, active (ActiveScan), onConflict, requestKey, provider, model, mode, execution, curated ('0' or '1'),
--         limits (budget and concurrency as the scan hash holds them), needsPlan (join only a scan with a plan),
--         candidates (a list of id and plan: what compare-plan.lua returned, or 'unread'),
--         fields (field, value, ...) of the scan hash
--       2 RouteBounds (JSON)
-- Returns {'opened'}, {'joined', id, reason}, {'conflict', id}, {'overloaded', bound}, or {'again'} when a scan of the
-- cluster is not among the candidates, or received its plan after the caller compared it.
local request, bounds = cjson.decode(ARGV[1]), cjson.decode(ARGV[2])
if redis.call('EXISTS', SCAN) == 1 then return { 'opened' } end

local RUNNING = { discovering = true, queued = true, running = true }
-- A scan is joined only if it has every limit of the request, with an equal or lower value.
local LIMITS = { 'maxTokens', 'maxCostMicros', 'maxFailures', 'concurrency' }
local FIELDS = { 'status', 'provider', 'model', 'mode', 'execution', 'curated', 'requestKey', 'total', unpack(LIMITS) }

local function has_no_larger_limits(scan)
  for _, name in ipairs(LIMITS) do
    local most, other = request.limits[name], tonumber(scan[name] or '')
    if most and not (other and other <= most) then return false end
  end
  return true
end

-- Returns the reason why this scan covers the request, nil when it does not, 'again' when its plan must be compared first.
local function covers(scan, plan)
  if not RUNNING[scan.status] then return nil end
  if scan.provider ~= request.provider or scan.model ~= request.model then return nil end
  if scan.execution ~= request.execution then return nil end
  if (scan.curated or '0') ~= request.curated then return nil end
  if request.mode == 'full' and scan.mode ~= 'full' then return nil end
  if not has_no_larger_limits(scan) then return nil end
  if scan.total then return plan == 'none' and 'again' or plan == 'all' and 'covers' or nil end
  -- Without a plan, only an identical request is certain to resolve to the same types.
  return not request.needsPlan and scan.requestKey == request.requestKey and 'equal' or nil
end

local function read(key)
  local values, scan = redis.call('HMGET', key, unpack(FIELDS)), {}
  for index, name in ipairs(FIELDS) do scan[name] = values[index] or nil end
  return scan
end

if request.onConflict ~= 'parallel' then
  local candidates = {}
  for index, candidate in ipairs(request.candidates) do
    candidates[candidate.id] = { key = KEYS[20 + index], plan = candidate.plan }
  end
  local active = redis.call('HGETALL', ACTIVE)
  for index = 1, #active, 2 do
    local id = active[index]
    if cjson.decode(active[index + 1]).cluster == request.active.cluster then
      local candidate = candidates[id]
      if not candidate then return { 'again' } end
      -- The index may name a scan whose keys an operator has deleted.
      local exists = redis.call('EXISTS', candidate.key) == 1
      if exists and request.onConflict == 'reject' then return { 'conflict', id } end
      local why = exists and covers(read(candidate.key), candidate.plan)
      if why == 'again' then return { 'again' } end
      if why then return { 'joined', id, why } end
    end
  end
end

local bound = announce_route(request.active, bounds, NOW)
if bound then return { 'overloaded', bound } end
set_status('discovering')
redis.call('HSET', SCAN, 'id', request.id, 'cluster', request.active.cluster, 'seq', 0,
  'runAttempt', 1, 'createdAt', NOW, 'requestKey', request.requestKey, 'active', cjson.encode(request.active))
local fields = request.fields
for index = 1, #fields, 2 do redis.call('HSET', SCAN, fields[index], fields[index + 1]) end
-- All scores are 0: ids are UUIDv7, so the lexical order is the order of time, which ZRANGEBYLEX can page through.
redis.call('ZADD', SCANS, 0, request.id)
activate()
return { 'opened' }
