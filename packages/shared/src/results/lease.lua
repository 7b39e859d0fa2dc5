-- Gives one asker at a time the right to pay for a content key, or the answer when there is one.
-- KEYS: 1 result  2 lease
-- ARGV: 1 owner  2 ttl in ms  3 scan whose answer alone counts, or '' for any
-- Returns {'stored', result}, {'mine'} or {'busy', ms until the lease ends at the latest}.
local result = redis.call('GET', KEYS[1])
if result then
  local usable = ARGV[3] == ''
  if not usable then
    local readable, stored = pcall(cjson.decode, result)
    usable = readable and type(stored) == 'table' and stored.scanId == ARGV[3]
  end
  if usable then return { 'stored', result } end
end
local owner = redis.call('GET', KEYS[2])
if owner and owner ~= ARGV[1] then return { 'busy', math.max(1, redis.call('PTTL', KEYS[2])) } end
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
return { 'mine' }
