-- Writes rows and notes each in the change log under a new generation. A row never replaces a newer one: newer is
-- what rests on a later look at the cluster, and of the same look what was inferred later. Nor is one written that
-- shows another override than the one a person has set by now: its writer is told that one and comes again.
-- KEYS: 1 rows of the cluster  2 set of clusters  3 generation  4 change log (sorted set)  5 overrides of the cluster
-- ARGV: 1 cluster  2.. fours: resource, row (JSON; empty removes), the row it must replace (empty: any), the override
--       that the row shows (as stored; empty: none). A removal and a replacement have nothing to do with overrides.
-- Returns how many of the written rows existed before, and then of each row that shows another override two: resource,
-- override as stored (empty: none).
local FOUR = 4
local function age(row)
  local ok, value = pcall(cjson.decode, row)
  local from = ok and type(value) == 'table' and value.provenance
  if type(from) ~= 'table' or type(from.inferredAt) ~= 'string' then return '', '' end
  return type(from.asOf) == 'string' and from.asOf or from.inferredAt, from.inferredAt
end

local function isOlder(row, than)
  local looked, inferred = age(row)
  local lookedThan, inferredThan = age(than)
  if looked ~= lookedThan then return looked < lookedThan end
  return inferred < inferredThan
end

local resources = {}
for index = 2, #ARGV, FOUR do resources[#resources + 1] = ARGV[index] end
-- Read at once and written at once: a row alone takes three commands, a hundred of them take five.
local rows, overrides, sets, removals, notes = {}, {}, {}, {}, {}
if #resources > 0 then
  for index, row in ipairs(redis.call('HMGET', KEYS[1], unpack(resources))) do rows[resources[index]] = row end
  -- Nearly no cluster has any.
  if redis.call('EXISTS', KEYS[5]) == 1 then
    local found = redis.call('HMGET', KEYS[5], unpack(resources))
    for index, override in ipairs(found) do overrides[resources[index]] = override or nil end
  end
end

local reply, existed, written = { 0 }, 0, {}
local generation = redis.call('INCR', KEYS[3])
for index = 2, #ARGV, FOUR do
  local resource, row, expected, shown = ARGV[index], ARGV[index + 1], ARGV[index + 2], ARGV[index + 3]
  -- Of two rows of one type the second meets the first.
  local before = rows[resource]
  local new = expected == '' and row ~= ''
  local override = overrides[resource] or ''
  if new and override ~= shown then
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
  notes[#notes + 1], notes[#notes + 2] = generation, cjson.encode({ ARGV[1], resource })
end
if #sets > 0 then redis.call('HSET', KEYS[1], unpack(sets)) end
if #removals > 0 then redis.call('HDEL', KEYS[1], unpack(removals)) end
if #notes > 0 then redis.call('ZADD', KEYS[4], unpack(notes)) end
if redis.call('HLEN', KEYS[1]) > 0 then redis.call('SADD', KEYS[2], ARGV[1])
else redis.call('SREM', KEYS[2], ARGV[1]) end
reply[1] = existed
return reply
