-- Leases content keys: only the holder may pay for the answer. Returns the stored answer when there is one.
-- Loaded after find-holder.lua.
-- KEYS: 1 workers by last heartbeat  2 start of the current run of heartbeats without a gap  3 unfinished scans
--       4.. for each content key three: result, lease, unfinished answer
-- ARGV: 1 worker timeout in ms  2 length of a lease in ms  3 TTL of its key in ms
--       4.. for each content key four: owner, its worker, its scan, the only scan whose answer may be used or ''
-- Returns for each {'stored', result}, {'acquired', unfinished answer or ''} or {'held', scan of the holder, ms until the
-- lease may be taken over}.
local alive = { workers = KEYS[1], steady = KEYS[2], scans = KEYS[3] }
local silent_ms, lease_ms, kept_ms = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]

local function lease(keys, owner, worker, scan, only_of)
  local result_key, lease_key, unfinished_key = unpack(keys)
  local result = redis.call('GET', result_key)
  if result and is_usable(result, only_of) then return { 'stored', result } end
  local holder = find_holder(lease_key, alive, silent_ms)
  if holder and holder[1] ~= owner then return { 'held', holder[2], holder[3] } end
  redis.call('HSET', lease_key, 'owner', owner, 'worker', worker, 'scan', scan, 'until', NOW_MS + lease_ms)
  redis.call('PEXPIRE', lease_key, kept_ms)
  return { 'acquired', redis.call('GET', unfinished_key) or '' }
end

local replies = {}
for index = 1, (#KEYS - 3) / 3 do
  local key, arg = 3 * index, 4 * index
  replies[index] = lease({ KEYS[key + 1], KEYS[key + 2], KEYS[key + 3] }, unpack(ARGV, arg, arg + 3))
end
return replies
