-- Removes expired scans from the index of all scans. A scan that exists is kept.
-- KEYS: 1 index of all scans  2.. the scan hash of each id
-- ARGV: the ids, in the order of their hashes
-- Returns how many ids were removed.
local removed = 0
for index, id in ipairs(ARGV) do
  if redis.call('EXISTS', KEYS[index + 1]) == 0 then
    removed = removed + redis.call('ZREM', KEYS[1], id)
  end
end
return removed
