-- Gives one asker at a time the right to pay for a content key, or the answer when there is one.
-- KEYS: for each key asked for three: result, lease, unfinished answer
-- ARGV: for each key four: owner, ttl in ms, scan whose answer alone counts, or '' for any, and whether the owner's own
-- lease of before may be taken over (1/0)
-- Returns for each {'stored', result}, {'mine', unfinished answer or ''} or {'busy', ms until the lease ends at the latest}.
local function usable(result, only_of)
  if only_of == '' then return true end
  local readable, stored = pcall(cjson.decode, result)
  return readable and type(stored) == 'table' and stored.scanId == only_of
end

local function lease(keys, asker, ttl, only_of, may_take_over)
  local result_key, lease_key, unfinished_key = unpack(keys)
  local result = redis.call('GET', result_key)
  if result and usable(result, only_of) then return { 'stored', result } end
  local owner = redis.call('GET', lease_key)
  if owner and (owner ~= asker or may_take_over == '0') then return { 'busy', math.max(1, redis.call('PTTL', lease_key)) } end
  redis.call('SET', lease_key, asker, 'PX', ttl)
  return { 'mine', redis.call('GET', unfinished_key) or '' }
end

local replies = {}
for index = 1, #KEYS / 3 do
  local key, arg = 3 * index, 4 * index
  replies[index] = lease({ KEYS[key - 2], KEYS[key - 1], KEYS[key] }, unpack(ARGV, arg - 3, arg))
end
return replies
