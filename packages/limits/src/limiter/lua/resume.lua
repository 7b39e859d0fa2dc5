-- Ends a pause, and the open period of the breaker, so that the next call is a probe. Probes in flight stay.
-- Arguments: indexName (see index_block).
-- Returns {now, remaining ms of the pause, its reason, remaining ms of the open period, its reason}.
local paused_ms = math.max(0, paused_until() - NOW)
local pause_reason = limits.fields['pause:reason'] or ''
if paused_ms > 0 then
  put(limits, 'pause:until', 0)
  put(limits, 'pause:reason', '')
  end_ramp_pause()
end
local open_ms = breaker.open_ms()
if open_ms > 0 then breaker.end_open_period() end
index_block(args.indexName)
save(limits)
breaker.save()
return { NOW, paused_ms, pause_reason, open_ms, breaker.reason() }
