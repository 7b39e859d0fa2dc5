-- Removes expired scans from the index of all scans, and announces it. A scan that exists is kept.
-- KEYS: 1 index of all scans  2 changes of all scans, which prelude.lua bounds  3.. the scan hash of each id
-- ARGV: the ids, in the order of their hashes
-- Returns how many ids were removed.
local removed = 0
for index, id in ipairs(ARGV) do
  if redis.call('EXISTS', KEYS[index + 2]) == 0 and redis.call('ZREM', KEYS[1], id) == 1 then
    removed = removed + 1
    redis.call('XADD', KEYS[2], '*', 'scan', id, 'kind', 'forgotten')
  end
end
return removed
