-- Lets one type of one scan at a time ask a question by batch. Whoever holds it loses it when its scan has no batches
-- any more.
-- KEYS: 1 lease of the question  2 scans with batches
-- ARGV: 1 owner: scan id, space, resource  2 ttl in ms
-- Returns 1, or 0 when another asks it.
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then
  local scan = string.match(owner, '^(%S+)')
  if scan and redis.call('SISMEMBER', KEYS[2], scan) == 1 then return 0 end
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
-- In the same step, or the next who asks would take it for one of a scan without batches.
redis.call('SADD', KEYS[2], string.match(ARGV[1], '^(%S+)'))
return 1
