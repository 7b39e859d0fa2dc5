-- Writes the whole plan in one step.
-- ARGV: 1 excluded (JSON)  2 excluded count  3 excluded by reason (JSON)  4 unavailable (JSON)
--       5 warnings (JSON)  6 count of unchanged
--       7.. groups of six: resource, facts (JSON), action, problem (JSON or ''), reason, estimated tokens
-- Returns 'planned', 'already-planned' or 'not-open'.
local status = redis.call('HGET', SCAN, 'status')
if redis.call('HEXISTS', SCAN, 'total') == 1 then return 'already-planned' end
if status ~= 'discovering' then return 'not-open' end
local total = (#ARGV - 6) / 6
redis.call('SET', EXCLUDED, ARGV[1])
redis.call('HSET', SCAN, 'status', 'queued', 'total', total, 'maxlen', 5000 + 8 * total,
  'excluded', ARGV[2], 'excludedByReason', ARGV[3], 'unavailable', ARGV[4], 'warnings', ARGV[5],
  'unchanged', ARGV[6])
BATCH = {}
announce_start()
local index = 0
for first = 7, #ARGV, 6 do
  local resource, action = ARGV[first], ARGV[first + 2]
  index = index + 1
  write('HSET', ITEMS, resource, ARGV[first + 1])
  local state = { e = 0, n = 0, l = 0, i = index, et = tonumber(ARGV[first + 5]) }
  if action == 'analyze' then
    left_tokens = left_tokens + state.et
    place(resource, state, 'queued')
  elseif action == 'unchanged' then
    state.r = 'unchanged'
    state.ft = NOW
    place(resource, state, 'skipped',
      event('resource.skipped', '{"resource":' .. quote(resource) .. ',"reason":"unchanged"}'))
  else
    place(resource, state, 'failed', mark_failed(resource, state, ARGV[first + 3], ARGV[first + 4]))
  end
end
seal_if_over()
return 'planned'
