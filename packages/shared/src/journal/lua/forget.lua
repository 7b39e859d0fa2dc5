-- Removes every key of a finished scan.  Returns {outcome, status}.
local status = redis.call('HGET', SCAN, 'status')
if not status then return { 'unknown' } end
local id = redis.call('HGET', SCAN, 'id')
if redis.call('SISMEMBER', ACTIVE, id) == 1 then return { 'wrong-state', status } end
redis.call('ZREM', SCANS, id)
for_each_key('UNLINK')
return { 'changed', status }
