-- Virtual time of the fair queue of one route: the priority of the last claimed job, at which new scans add their jobs.
-- KEYS: 1 virtual time of the route  2 active scans (hash id -> ActiveScan)
-- ARGV: 1 'read' or 'advance'  2 read: the scan that adds jobs; advance: priority of a claimed job  3 read: the queue
-- Returns the virtual time. The key expires after a week without use.
local now = tonumber(redis.call('GET', KEYS[1]) or '0')
if ARGV[1] == 'advance' then
  local claimed = tonumber(ARGV[2])
  if claimed <= now then return now end
  redis.call('SET', KEYS[1], claimed, 'EX', 604800)
  return claimed
end
-- A scan that is alone on its route competes with no other, so virtual time restarts at 0 and never exceeds BullMQ's range.
local active = redis.call('HGETALL', KEYS[2])
for index = 1, #active, 2 do
  if active[index] ~= ARGV[2] and cjson.decode(active[index + 1]).queue == ARGV[3] then return now end
end
redis.call('DEL', KEYS[1])
return 0
