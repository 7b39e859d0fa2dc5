-- Removes every key of a finished scan.  Returns {outcome, status}.
local scan = redis.call('HMGET', SCAN, 'id', 'status')
if not scan[2] then return { 'unknown' } end
if not DONE[scan[2]] then return { 'wrong-state', scan[2] } end
redis.call('ZREM', SCANS, scan[1])
redis.call('HDEL', ACTIVE, scan[1])
for_each_key('UNLINK')
announce('forgotten')
return { 'changed', scan[2] }
