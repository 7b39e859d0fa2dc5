-- ARGV: 1 pause (JSON, also the event data).  Returns {outcome, status}.
local status = redis.call('HGET', SCAN, 'status')
if not status then return { 'unknown' } end
if status == 'paused' then return { 'unchanged', status } end
if status ~= 'queued' and status ~= 'running' then return { 'wrong-state', status } end
redis.call('HSET', SCAN, 'status', 'paused', 'pause', ARGV[1], 'resumeTo', status)
event('scan.paused', ARGV[1])
return { 'changed', 'paused' }
