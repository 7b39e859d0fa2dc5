-- Cancels what waits at once; running items end when their workers record.
-- ARGV: 1 by.  Returns {outcome, status}.
local status = redis.call('HGET', SCAN, 'status')
if not status then return { 'unknown' } end
if status == 'canceling' or status == 'canceled' then return { 'unchanged', status } end
if DONE[status] then return { 'wrong-state', status } end
BATCH = {}
event('scan.canceling', '{"by":' .. quote(ARGV[1]) .. '}')
if status == 'discovering' then
  seal('canceled')
  return { 'changed', 'canceled' }
end
redis.call('HSET', SCAN, 'status', 'canceling')
redis.call('HDEL', SCAN, 'pause', 'resumeTo')
cancel_waiting()
seal_if_over()
return { 'changed', redis.call('HGET', SCAN, 'status') }
