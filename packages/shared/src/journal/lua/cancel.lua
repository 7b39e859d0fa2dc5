-- Cancels what waits at once; running items end when their workers record.
-- ARGV: 1 by.  Returns {outcome, status}.
local status = redis.call('HGET', SCAN, 'status')
if not status then return { 'unknown' } end
if status == 'canceling' or status == 'canceled' then return { 'unchanged', status } end
if status == 'succeeded' or status == 'partial' or status == 'failed' then return { 'wrong-state', status } end
event('scan.canceling', '{"by":' .. quote(ARGV[1]) .. '}')
if status == 'discovering' then
  seal('canceled')
  return { 'changed', 'canceled' }
end
redis.call('HSET', SCAN, 'status', 'canceling')
redis.call('HDEL', SCAN, 'pause')
for _, waiting in ipairs({ 'queued', 'retrying' }) do
  for _, resource in ipairs(redis.call('ZRANGE', SET[waiting], 0, -1)) do
    cancel_item(resource, load_state(resource))
  end
end
seal_if_over()
return { 'changed', redis.call('HGET', SCAN, 'status') }
