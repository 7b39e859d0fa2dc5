-- Stores the dialect of an endpoint. Without the lease only a learned dialect is stored, and only if there is none: it may
-- be the late answer to a call in an older dialect, and must not postpone a renewal.
-- KEYS: 1 dialects (hash)  2 lease
-- ARGV: 1 field  2 owner  3 state  4 dialect  5 refusals so far  6 maximum number of entries  7 ms to keep the hash
-- Returns 1, or 0 if nothing was stored.
local DIALECTS, LEASE = KEYS[1], KEYS[2]
local field, owner, state, dialect, refusals = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
local max_entries, keep_ms = tonumber(ARGV[6]), ARGV[7]
local is_owner = redis.call('GET', LEASE) == owner
if not is_owner then
  local known = redis.call('HGET', DIALECTS, field)
  if state ~= 'learned' or (known and cjson.decode(known).state == 'learned') then return 0 end
end
local entry = { state = state, dialect = dialect, refusals = refusals, atMs = clock() }
redis.call('HSET', DIALECTS, field, cjson.encode(entry))
redis.call('PEXPIRE', DIALECTS, keep_ms)
if is_owner and state ~= 'trying' then redis.call('DEL', LEASE) end

-- Scans may name any model, so the number of entries is bounded: the oldest one is removed.
if redis.call('HLEN', DIALECTS) <= max_entries then return 1 end
local all, oldest, oldest_ms = redis.call('HGETALL', DIALECTS), nil, math.huge
for index = 1, #all, 2 do
  local at_ms = cjson.decode(all[index + 1]).atMs
  if at_ms < oldest_ms then oldest, oldest_ms = all[index], at_ms end
end
redis.call('HDEL', DIALECTS, oldest)
return 1
