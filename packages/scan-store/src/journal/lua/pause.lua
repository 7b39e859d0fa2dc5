-- Pauses a scan.
-- ARGV: 1 pause (JSON, also the event data).  Returns {outcome, status}.
-- A pause without an end replaces a pause with an end (`problem.until`). Otherwise the reconciler would resume a scan that a
-- person has paused.
local function has_end(text)
  local pause = cjson.decode(text)
  return type(pause.problem) == 'table' and pause.problem['until'] ~= nil
end

local status = redis.call('HGET', SCAN, 'status')
if not status then return { 'unknown' } end
if status == 'paused' then
  local before = redis.call('HGET', SCAN, 'pause')
  if not before or not has_end(before) or has_end(ARGV[1]) then return { 'unchanged', status } end
  redis.call('HSET', SCAN, 'pause', ARGV[1])
  announce('state')
  event('scan.paused', ARGV[1])
  return { 'changed', status }
end
if status ~= 'queued' and status ~= 'running' then return { 'wrong-state', status } end
set_status('paused')
redis.call('HSET', SCAN, 'pause', ARGV[1], 'resumeTo', status)
event('scan.paused', ARGV[1])
return { 'changed', 'paused' }
