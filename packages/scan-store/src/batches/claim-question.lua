-- Leases a question to one item, which asks it by batch. The lease ends early when the scan of its owner has no batches left.
-- KEYS: 1 lease of the question  2 scans with batches
-- ARGV: 1 owner: scan id, space, resource  2 ttl in ms
-- Returns '', or the scan of the item that holds the lease.
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then
  local scan = string.match(owner, '^(%S+)')
  if scan and redis.call('SISMEMBER', KEYS[2], scan) == 1 then return scan end
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
-- Added in the same step; otherwise the next caller would take the owner for an item of a scan without batches.
redis.call('SADD', KEYS[2], string.match(ARGV[1], '^(%S+)'))
return ''
