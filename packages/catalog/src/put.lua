-- Writes rows and appends each to the change log under a new generation. A row does not replace a newer one: a row is newer
-- if its scan started later, or if it was inferred later from the same scan. A row with another override than the stored one
-- is not written: its writer gets the stored override and writes again.
-- KEYS: 1 rows of the cluster  2 set of clusters  3 generation  4 change log (sorted set)  5 overrides of the cluster
-- ARGV: 1 cluster  2.. groups of four: resource, row (JSON; empty: remove), expected stored row (empty: any), override
--       applied to the row (as stored; empty: none). Removals and replacements ignore overrides.
-- Returns the number of written rows that existed before, then for each row with an outdated override two values: resource,
-- stored override (empty: none).
local GROUP = 4
local function age(row)
  local ok, value = pcall(cjson.decode, row)
  local from = ok and type(value) == 'table' and value.provenance
  if type(from) ~= 'table' or type(from.inferredAt) ~= 'string' then return '', '' end
  return type(from.asOf) == 'string' and from.asOf or from.inferredAt, from.inferredAt
end

local function isOlder(row, than)
  local scanned, inferred = age(row)
  local scannedThan, inferredThan = age(than)
  if scanned ~= scannedThan then return scanned < scannedThan end
  return inferred < inferredThan
end

local resources = {}
for index = 2, #ARGV, GROUP do resources[#resources + 1] = ARGV[index] end
-- Reads and writes are batched: one row takes three commands, a hundred rows take five.
local rows, overrides, sets, removals, log = {}, {}, {}, {}, {}
if #resources > 0 then
  for index, row in ipairs(redis.call('HMGET', KEYS[1], unpack(resources))) do rows[resources[index]] = row end
  -- Nearly no cluster has overrides.
  if redis.call('EXISTS', KEYS[5]) == 1 then
    local found = redis.call('HMGET', KEYS[5], unpack(resources))
    for index, override in ipairs(found) do overrides[resources[index]] = override or nil end
  end
end

local reply, existed, written = { 0 }, 0, {}
local generation = redis.call('INCR', KEYS[3])
for index = 2, #ARGV, GROUP do
  local resource, row, expected, applied = ARGV[index], ARGV[index + 1], ARGV[index + 2], ARGV[index + 3]
  -- The second of two rows of one type is compared with the first.
  local before = rows[resource]
  local new = expected == '' and row ~= ''
  local override = overrides[resource] or ''
  if new and override ~= applied then
    reply[#reply + 1], reply[#reply + 2] = resource, override
  elseif not (new and before and isOlder(row, before)) and (expected == '' or before == expected) then
    if before then existed = existed + 1 end
    rows[resource] = row ~= '' and row
    written[resource] = true
  end
end
for resource in pairs(written) do
  local row = rows[resource]
  if row then sets[#sets + 1], sets[#sets + 2] = resource, row
  else removals[#removals + 1] = resource end
  log[#log + 1], log[#log + 2] = generation, cjson.encode({ ARGV[1], resource })
end
if #sets > 0 then redis.call('HSET', KEYS[1], unpack(sets)) end
if #removals > 0 then redis.call('HDEL', KEYS[1], unpack(removals)) end
if #log > 0 then redis.call('ZADD', KEYS[4], unpack(log)) end
if redis.call('HLEN', KEYS[1]) > 0 then redis.call('SADD', KEYS[2], ARGV[1])
else redis.call('SREM', KEYS[2], ARGV[1]) end
reply[1] = existed
return reply
