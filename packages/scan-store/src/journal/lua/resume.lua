-- Resumes a scan. After a budget stop, the limit that was reached must be raised.
-- ARGV: 1 by  2 RouteBounds (JSON)  3.. pairs: field of a limit, new value
-- Returns {outcome, status}.
local status = redis.call('HGET', SCAN, 'status')
if not status then return { 'unknown' } end
if status == 'queued' or status == 'running' then return { 'unchanged', status } end
if status ~= 'paused' then return { 'wrong-state', status } end
local FIELD = { maxTokens = 'maxTokens', maxCostUsd = 'maxCostMicros', maxFailures = 'maxFailures' }
local stopped = FIELD[redis.call('HGET', SCAN, 'stoppedBy') or '']
local raised = not stopped
for index = 3, #ARGV, 2 do
  local most = tonumber(ARGV[index + 1])
  if ARGV[index] == stopped and most > tonumber(redis.call('HGET', SCAN, stopped)) then raised = true end
end
if not raised then return { 'over-budget', status } end
local bound = announce_route(cjson.decode(redis.call('HGET', SCAN, 'active')), cjson.decode(ARGV[2]), NOW)
if bound then return { 'overloaded-by-' .. bound, status } end
for index = 3, #ARGV, 2 do redis.call('HSET', SCAN, ARGV[index], ARGV[index + 1]) end
local to = redis.call('HGET', SCAN, 'resumeTo') or 'running'
set_status(to)
-- Finish times from before the pause would distort the finish rate of the ETA.
redis.call('HDEL', SCAN, 'pause', 'resumeTo', 'recent', 'stoppedBy', 'budgetWarned')
event('scan.resumed', '{"by":' .. quote(ARGV[1]) .. '}')
return { 'changed', to }
