-- Records the outcomes of claimed items, each once.
-- ARGV: for each item the arguments of outcome.lua; 2 is its epoch.
-- Returns for each item 'recorded', 'duplicate', 'fenced' or 'unknown'.
return record_each(function(at, resource, state, attempts)
  if not state then return 'unknown' end
  if state.e ~= tonumber(ARGV[at + 2]) then return 'fenced' end
  if state.s ~= 'running' then return 'duplicate' end
  end_attempt(at, resource, state, attempts)
  return 'recorded'
end)
