-- Fails an item whose job is gone for good, whatever its epoch.
-- ARGV: 1 resource  2 problem (JSON)  3 reason
-- Returns 'recorded', 'duplicate' or 'unknown'.
local state = load_state(ARGV[1])
if not state then return 'unknown' end
if TERMINAL[state.s] then return 'duplicate' end
if state.s == 'running' then
  add_attempt(ARGV[1], '{"startedAtMs":' .. state.st .. ',"durationMs":' .. (NOW - state.st)
    .. ',"worker":' .. quote(state.w) .. ',"outcome":"lost"}')
end
state.e = state.e + 1
if redis.call('HGET', SCAN, 'status') == 'canceling' then cancel_item(ARGV[1], state)
else fail_item(ARGV[1], state, ARGV[2], ARGV[3]) end
seal_if_over()
return 'recorded'
