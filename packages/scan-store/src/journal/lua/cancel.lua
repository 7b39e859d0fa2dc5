-- Cancels waiting items, at most ARGV[2] per call, so that other clients of Redis are not blocked. Running items end when
-- their workers record. Claims are refused from the first call on.
-- ARGV: 1 by  2 most items to cancel now
-- Returns {outcome, status, 1 when another call is needed else 0}.
local status = redis.call('HGET', SCAN, 'status')
if not status then return { 'unknown' } end
if DONE[status] then return { status == 'canceled' and 'unchanged' or 'wrong-state', status, 0 } end
BATCH = {}
if status ~= 'canceling' then event('scan.canceling', '{"by":' .. quote(ARGV[1]) .. '}') end
if status == 'discovering' then
  seal('canceled')
  return { 'changed', 'canceled', 0 }
end
set_status('canceling')
redis.call('HDEL', SCAN, 'pause', 'resumeTo')
local before = count('queued') + count('retrying')
cancel_waiting(tonumber(ARGV[2]))
local left = count('queued') + count('retrying')
seal_if_over()
-- Without progress the rest are members without a state; only `repair` can end these.
local again = left > 0 and left < before and 1 or 0
return { status == 'canceling' and 'unchanged' or 'changed', redis.call('HGET', SCAN, 'status'), again }
