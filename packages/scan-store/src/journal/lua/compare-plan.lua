-- Tests whether the plan of a scan contains these types. A written plan never changes.
-- ARGV: 1 total of requested types (the pairs may be a part of them)  2.. pairs: resource, its content key or ''
-- Returns 'none' when the scan has no plan; 'missing' when a type is absent, canceled or has another content key; else 'all'.
if redis.call('HEXISTS', SCAN, 'total') == 0 then return 'none' end
if redis.call('HLEN', ITEMS) < tonumber(ARGV[1]) then return 'missing' end

local function contains(resource, content_key)
  if content_key == '' then return redis.call('HEXISTS', ITEMS, resource) == 1 end
  local facts = redis.call('HGET', ITEMS, resource)
  return facts and cjson.decode(facts).contentKey == content_key
end

-- A partial retry of a canceled scan leaves the other canceled types canceled.
local has_canceled = count('canceled') > 0
for index = 2, #ARGV, 2 do
  local resource = ARGV[index]
  if not contains(resource, ARGV[index + 1]) then return 'missing' end
  if has_canceled and redis.call('ZSCORE', SET.canceled, resource) then return 'missing' end
end
return 'all'
