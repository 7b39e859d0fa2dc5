-- Whether the plan of a scan contains these types. A plan never changes once it is written.
-- ARGV: 1 number of all requested types, of which these may be a part  2.. pairs: resource, its content key or ''
-- Returns 'none' without a plan, 'missing' when one of them is not in it, is canceled there or has another content key,
-- else 'all'.
if redis.call('HEXISTS', SCAN, 'total') == 0 then return 'none' end
if redis.call('HLEN', ITEMS) < tonumber(ARGV[1]) then return 'missing' end

local function contains(resource, content_key)
  if content_key == '' then return redis.call('HEXISTS', ITEMS, resource) == 1 end
  local facts = redis.call('HGET', ITEMS, resource)
  return facts and cjson.decode(facts).contentKey == content_key
end

-- A canceled scan that was retried in part leaves its other canceled types as they are.
local has_canceled = count('canceled') > 0
for index = 2, #ARGV, 2 do
  local resource = ARGV[index]
  if not contains(resource, ARGV[index + 1]) then return 'missing' end
  if has_canceled and redis.call('ZSCORE', SET.canceled, resource) then return 'missing' end
end
return 'all'
