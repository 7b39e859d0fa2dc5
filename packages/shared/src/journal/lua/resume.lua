-- ARGV: 1 by.  Returns {outcome, status}.
local status = redis.call('HGET', SCAN, 'status')
if not status then return { 'unknown' } end
if status == 'queued' or status == 'running' then return { 'unchanged', status } end
if status ~= 'paused' then return { 'wrong-state', status } end
local to = redis.call('HGET', SCAN, 'resumeTo') or 'running'
redis.call('HSET', SCAN, 'status', to)
-- The rate of before the pause says nothing about the rate after it.
redis.call('HDEL', SCAN, 'pause', 'resumeTo', 'recent')
event('scan.resumed', '{"by":' .. quote(ARGV[1]) .. '}')
return { 'changed', to }
