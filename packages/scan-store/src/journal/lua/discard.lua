-- Marks failed items of a finished scan as skipped: they will not run again.
-- ARGV: resources, all of them failed or discarded before; none = every failed one
-- Returns {outcome, status, resources}: 'changed' or 'unchanged' with the resources that are discarded now, 'not-failed' with
-- those of ARGV that are neither; 'wrong-state' and 'unknown' without resources.
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
-- Without names, these are members of the set that have no state: `repair` knows what to do with them.
if is_named and #others > 0 then return { 'not-failed', status, others } end
if #failed == 0 then return { 'unchanged', status, is_named and ARGV or {} } end

local finished_at, reasons = redis.call('HGET', SCAN, 'finishedAt'), {}
-- A canceled scan stays one.
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
-- The work ended then, and how long it took is counted from that.
status = redis.call('HGET', SCAN, 'status')
if DONE[status] then redis.call('HSET', SCAN, 'finishedAt', finished_at) end
local discarded = {}
for index, item in ipairs(failed) do discarded[index] = item[1] end
return { 'changed', status, is_named and ARGV or discarded }
