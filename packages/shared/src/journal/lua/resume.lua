-- ARGV: 1 by.  Returns {outcome, status}.
local status = redis.call('HGET', SCAN, 'status')
if not status then return { 'unknown' } end
if status == 'queued' or status == 'running' then return { 'unchanged', status } end
if status ~= 'paused' then return { 'wrong-state', status } end
local to = redis.call('HEXISTS', SCAN, 'startedAt') == 1 and 'running' or 'queued'
redis.call('HSET', SCAN, 'status', to)
redis.call('HDEL', SCAN, 'pause')
event('scan.resumed', '{"by":' .. quote(ARGV[1]) .. '}')
return { 'changed', to }
