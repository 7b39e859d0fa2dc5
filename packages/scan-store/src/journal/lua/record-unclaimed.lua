-- Records answers of items that no worker has claimed, each as an attempt of its own.
-- ARGV: for each item the arguments of outcome.lua; 2 is '1' to end a running item as well, because its worker is gone.
-- Returns for each item 'recorded', 'busy' (it runs), 'duplicate' (it has ended), 'absent' (its batch answer was recorded
-- before) or 'unknown'.
local status, started_at = unpack(redis.call('HMGET', SCAN, 'status', 'startedAt'))

return record_each(function(at, resource, state, attempts)
  if not state then return 'unknown' end
  if TERMINAL[state.s] then return 'duplicate' end
  local is_running = state.s == 'running'
  if is_running and ARGV[at + 2] ~= '1' then return 'busy' end
  if ARGV[at + 19] == '1' and redis.call('HEXISTS', BATCH_ANSWERS, resource) == 0 then return 'absent' end
  if is_running then
    lose_attempt(resource, state)
    state.l = state.l + 1
    flush()
    attempts = nil
  end
  status, started_at = note_start(status, started_at)
  begin_attempt(resource, state, cjson.decode(ARGV[at + 4]).worker)
  end_attempt(at, resource, state, attempts)
  return 'recorded'
end)
