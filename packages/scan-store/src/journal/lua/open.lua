-- Opens a scan and announces its route, or joins one that covers it, or says why not. Repeatable with the same id.
-- KEYS: 18.. the hash of each candidate
-- ARGV: 1 request (JSON): id, active (ActiveScan), onConflict, requestKey, provider, model, mode, execution,
--         limits (budget and concurrency as the scan hash holds them), needsPlan (only a scan with a plan is joined),
--         candidates (a list of id and plan: what compare-plan.lua returned, or 'unread'),
--         fields (field, value, ...) of the scan hash
--       2 RouteBounds (JSON)
-- Returns {'opened'}, {'joined', id, why}, {'conflict', id}, {'overloaded', bound}, or {'again'} when a scan of the cluster
-- is not among the candidates or got its plan after it was read.
local request, bounds = cjson.decode(ARGV[1]), cjson.decode(ARGV[2])
if redis.call('EXISTS', SCAN) == 1 then return { 'opened' } end

local RUNNING = { discovering = true, queued = true, running = true }
-- Of each limit that the request sets, the other scan has one that is no larger.
local LIMITS = { 'maxTokens', 'maxCostMicros', 'maxFailures', 'concurrency' }
local FIELDS = { 'status', 'provider', 'model', 'mode', 'execution', 'requestKey', 'total', unpack(LIMITS) }

local function has_no_larger_limits(scan)
  for _, name in ipairs(LIMITS) do
    local most, other = request.limits[name], tonumber(scan[name] or '')
    if most and not (other and other <= most) then return false end
  end
  return true
end

-- Why this scan does all that the request asks for, or nil; 'again' when its plan has to be read first.
local function covers(scan, plan)
  if not RUNNING[scan.status] then return nil end
  if scan.provider ~= request.provider or scan.model ~= request.model then return nil end
  if scan.execution ~= request.execution then return nil end
  if request.mode == 'full' and scan.mode ~= 'full' then return nil end
  if not has_no_larger_limits(scan) then return nil end
  if scan.total then return plan == 'none' and 'again' or plan == 'all' and 'covers' or nil end
  -- Without a plan, only the same request is sure to get the same types.
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
    candidates[candidate.id] = { key = KEYS[17 + index], plan = candidate.plan }
  end
  local active = redis.call('HGETALL', ACTIVE)
  for index = 1, #active, 2 do
    local id = active[index]
    if cjson.decode(active[index + 1]).cluster == request.active.cluster then
      local candidate = candidates[id]
      if not candidate then return { 'again' } end
      -- An entry may outlive its scan when its keys were removed by hand.
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
redis.call('HSET', SCAN, 'id', request.id, 'cluster', request.active.cluster, 'status', 'discovering', 'seq', 0,
  'runAttempt', 1, 'createdAt', NOW, 'requestKey', request.requestKey, 'active', cjson.encode(request.active))
local fields = request.fields
for index = 1, #fields, 2 do redis.call('HSET', SCAN, fields[index], fields[index + 1]) end
-- One score for all: ids are UUIDv7, so the order of names is the order of time and pages can seek.
redis.call('ZADD', SCANS, 0, request.id)
activate()
return { 'opened' }
