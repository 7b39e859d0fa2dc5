-- Fails an item whose job is gone for good. The epoch is not checked; it is raised, which fences a worker that still runs the item.
-- ARGV: 1 resource  2 problem (JSON)  3 reason
-- Returns 'recorded', 'duplicate' or 'unknown'.
local resource = ARGV[1]
local state = load_state(resource)
if not state then return 'unknown' end
if TERMINAL[state.s] then return 'duplicate' end
if state.s == 'running' then lose_attempt(resource, state) end
state.e = state.e + 1
if redis.call('HGET', SCAN, 'status') == 'canceling' then cancel_item(resource, state)
else fail_item(resource, state, ARGV[2], ARGV[3]) end
seal_if_over()
return 'recorded'
