-- Writes the whole plan in one step.
-- ARGV: 1 excluded (JSON)  2 excluded count  3 excluded by reason (JSON)  4 unavailable (JSON)
--       5 warnings (JSON)  6.. groups of five: resource, facts (JSON), action, problem (JSON or ''), reason
-- Returns 'planned', 'already-planned' or 'not-open'.
local status = redis.call('HGET', SCAN, 'status')
if redis.call('HEXISTS', SCAN, 'total') == 1 then return 'already-planned' end
if status ~= 'discovering' then return 'not-open' end
local total = (#ARGV - 5) / 5
redis.call('SET', EXCLUDED, ARGV[1])
redis.call('HSET', SCAN, 'status', 'queued', 'total', total, 'maxlen', 5000 + 8 * total,
  'excluded', ARGV[2], 'excludedByReason', ARGV[3], 'unavailable', ARGV[4], 'warnings', ARGV[5])
local skipped = 0
for index = 6, #ARGV, 5 do
  if ARGV[index + 2] == 'unchanged' then skipped = skipped + 1 end
end
event('scan.started', '{"total":' .. total .. ',"skipped":' .. skipped .. ',"excluded":' .. ARGV[2]
  .. ',"provider":' .. quote(redis.call('HGET', SCAN, 'provider'))
  .. ',"model":' .. quote(redis.call('HGET', SCAN, 'model'))
  .. ',"runAttempt":' .. redis.call('HGET', SCAN, 'runAttempt') .. '}')
local place = 0
for index = 6, #ARGV, 5 do
  local resource, action = ARGV[index], ARGV[index + 2]
  place = place + 1
  redis.call('HSET', ITEMS, resource, ARGV[index + 1])
  local state = { s = 'queued', e = 0, n = 0, l = 0, i = place }
  if action == 'analyze' then
    redis.call('ZADD', SET.queued, place, resource)
    save_state(resource, state)
  elseif action == 'unchanged' then
    local seq = event('resource.skipped', '{"resource":' .. quote(resource) .. ',"reason":"unchanged"}')
    state.r = 'unchanged'
    state.ft = NOW
    move(resource, state, 'skipped', seq)
  else
    fail_item(resource, state, ARGV[index + 3], ARGV[index + 4])
  end
end
seal_if_over()
return 'planned'
