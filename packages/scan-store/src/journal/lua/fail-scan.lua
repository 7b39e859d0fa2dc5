-- Ends a scan whose planning failed for good.  ARGV: 1 problem (JSON)
-- Returns {outcome, status}.
local status = redis.call('HGET', SCAN, 'status')
if not status then return { 'unknown' } end
if status == 'failed' and redis.call('HEXISTS', SCAN, 'total') == 0 then return { 'unchanged', status } end
if status ~= 'discovering' then return { 'wrong-state', status } end
seal('failed', ARGV[1])
return { 'changed', 'failed' }
