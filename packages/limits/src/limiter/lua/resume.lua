-- Ends a pause, and the open period of the breaker, so that the next call is a probe. Probes under way are waited for.
-- ARGV: 1 member of the index, see index_block
-- Returns {now, ms that the pause had left, its reason, ms that the breaker had left open, its reason}.
local paused = math.max(0, number_of(group, 'pauseUntil', 0) - NOW)
local pause_reason = group.fields.pauseReason or ''
if paused > 0 then
  put(group, 'pauseUntil', 0)
  put(group, 'pauseReason', '')
  forgive_ramp()
end
local open = breaker_state() == 'open' and number_of(breaker, 'openUntil', 0) - NOW or 0
if open > 0 then put(breaker, 'openUntil', NOW) end
index_block(ARGV[1])
save(group)
save(breaker)
return { NOW, paused, pause_reason, open, breaker.fields.reason or '' }
