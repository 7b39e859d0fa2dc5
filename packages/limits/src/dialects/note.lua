-- Stores how an endpoint has to be asked. Without the lease only an answer may be noted, and only where none was before:
-- it may be the late answer to a call in an older dialect, and a renewal must not be delayed.
-- KEYS: 1 dialects (hash)  2 lease
-- ARGV: 1 field  2 owner  3 state  4 dialect  5 refusals so far  6 most entries  7 ms to keep the hash
-- Returns 1, or 0 when nothing was stored.
local isOwn = redis.call('GET', KEYS[2]) == ARGV[2]
if not isOwn then
  local known = redis.call('HGET', KEYS[1], ARGV[1])
  if ARGV[3] ~= 'learned' or (known and cjson.decode(known).state == 'learned') then return 0 end
end
local entry = { state = ARGV[3], dialect = ARGV[4], refusals = tonumber(ARGV[5]), atMs = clock() }
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(entry))
redis.call('PEXPIRE', KEYS[1], ARGV[7])
if isOwn and ARGV[3] ~= 'trying' then redis.call('DEL', KEYS[2]) end

-- Scans may name any model: the entry that was confirmed the longest time ago goes first.
if redis.call('HLEN', KEYS[1]) <= tonumber(ARGV[6]) then return 1 end
local all, oldest, oldestMs = redis.call('HGETALL', KEYS[1]), nil, math.huge
for index = 1, #all, 2 do
  local atMs = cjson.decode(all[index + 1]).atMs
  if atMs < oldestMs then oldest, oldestMs = all[index], atMs end
end
redis.call('HDEL', KEYS[1], oldest)
return 1
