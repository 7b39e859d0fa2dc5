-- The clock of the fair queue: the priority at which a newly added job is as urgent as the next in line.
-- KEYS: 1 virtual time  2 set of active scans
-- ARGV: 1 'read' or 'advance'  2 read: the scan that adds jobs; advance: priority of a claimed job
-- Returns the virtual time. Expires after a week without use: then nothing runs that it could order.
local now = tonumber(redis.call('GET', KEYS[1]) or '0')
if ARGV[1] == 'advance' then
  local claimed = tonumber(ARGV[2])
  if claimed <= now then return now end
  redis.call('SET', KEYS[1], claimed, 'EX', 604800)
  return claimed
end
-- Alone, a scan competes with nobody: start over, so that the numbers never run out.
local active = redis.call('SCARD', KEYS[2])
local alone = active == 0 or (active == 1 and redis.call('SISMEMBER', KEYS[2], ARGV[2]) == 1)
if not alone then return now end
redis.call('DEL', KEYS[1])
return 0
