-- Marks failed items of a finished scan as skipped: they will not run again.
-- ARGV: resources, each failed or already discarded; empty = every failed one
-- Returns {outcome, status, resources}. 'changed' and 'unchanged' list the discarded resources; 'not-failed' lists the
-- resources of ARGV that are neither failed nor discarded; 'wrong-state' and 'unknown' list none.
local status = redis.call('HGET', SCAN, 'status')
if not status then return { 'unknown' } end
if not DONE[status] then return { 'wrong-state', status, {} } end

local is_named = #ARGV > 0
local resources = is_named and ARGV or redis.call('ZRANGE', SET.failed, 0, -1)
local failed, others, seen = {}, {}, {}
for _, resource in ipairs(resources) do
  local state = not seen[resource] and load_state(resource)
  if state and state.s == 'failed' then failed[#failed + 1] = { resource, state }
  elseif not seen[resource] and not (state and state.r == 'discarded') then others[#others + 1] = resource end
  seen[resource] = true
end
-- Without ARGV, the others are members of the set without a state, which `repair` handles.
if is_named and #others > 0 then return { 'not-failed', status, others } end
if #failed == 0 then return { 'unchanged', status, is_named and ARGV or {} } end

local finished_at, reasons = redis.call('HGET', SCAN, 'finishedAt'), {}
-- A canceled scan stays canceled.
reopen(status == 'canceled' and 'canceling' or 'running')
BATCH = {}
for _, item in ipairs(failed) do
  local resource, state = item[1], item[2]
  if state.fr then reasons[state.fr] = (reasons[state.fr] or 0) + 1 end
  state.fr, state.p, state.r = nil, nil, 'discarded'
  move(resource, state, 'skipped',
    event('resource.skipped', '{"resource":' .. quote(resource) .. ',"reason":"discarded"}'))
end
for reason, number in pairs(reasons) do redis.call('HINCRBY', SCAN, 'failed:' .. reason, 0 - number) end
redis.call('HINCRBY', SCAN, 'discarded', #failed)
seal_if_over()
-- The end of the work stays the end of the scan: discarding takes no time.
status = redis.call('HGET', SCAN, 'status')
if DONE[status] then redis.call('HSET', SCAN, 'finishedAt', finished_at) end
local discarded = {}
for index, item in ipairs(failed) do discarded[index] = item[1] end
return { 'changed', status, is_named and ARGV or discarded }
