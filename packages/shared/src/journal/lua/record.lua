-- Records what became of a claimed item, once.
-- ARGV: 1 resource  2 epoch  3 type  4 attempt (JSON without outcome and problem)  5 durationMs
--       6 input tokens  7 cached tokens  8 output tokens  9 calls  10 cache hit 0/1
--       11 micro-USD or 'unknown'  12 confidence or ''  13 event data (JSON)  14 problem (JSON) or ''
--       15 reason  16 delayMs  17 free 0/1  18 hash of the answer or ''
-- Returns 'recorded', 'duplicate', 'fenced' or 'unknown'.
local resource, epoch, kind, problem = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[14]
local state = load_state(resource)
if not state then return 'unknown' end
if state.e ~= epoch then return 'fenced' end
if state.s ~= 'running' then return 'duplicate' end

local canceled = kind ~= 'succeeded' and redis.call('HGET', SCAN, 'status') == 'canceling'
add_attempt(resource, state, ARGV[4], canceled and 'canceled' or kind, problem ~= '' and problem)
local totals = { 'workMs', 'inputTokens', 'cachedTokens', 'outputTokens', 'calls', 'cacheHits' }
for index, field in ipairs(totals) do
  if ARGV[4 + index] ~= '0' then redis.call('HINCRBY', SCAN, field, ARGV[4 + index]) end
end
if ARGV[11] == 'unknown' then redis.call('HSET', SCAN, 'unpriced', 1)
elseif ARGV[11] ~= '0' then redis.call('HINCRBY', SCAN, 'costMicros', ARGV[11]) end
for index, field in ipairs({ 'd', 'ti', 'tc', 'to' }) do
  state[field] = (state[field] or 0) + tonumber(ARGV[4 + index])
end

if HAS_BUDGET and redis.call('HEXISTS', SCAN, 'budgetWarned') == 0 then
  for _, limit in ipairs(limits()) do
    if limit.spent >= 0.8 * limit.most then
      redis.call('HSET', SCAN, 'budgetWarned', limit.name)
      budget_event(limit, 80)
      break
    end
  end
end

if kind == 'succeeded' then
  state.c = ARGV[10] == '1'
  state.cf = tonumber(ARGV[12])
  if ARGV[18] ~= '' then state.ah = ARGV[18] end
  state.ft = NOW
  note_finish()
  move(resource, state, 'succeeded', event('resource.succeeded', ARGV[13]))
elseif canceled then
  cancel_item(resource, state)
elseif kind == 'failed' then
  fail_item(resource, state, problem, ARGV[15])
elseif kind == 'retrying' then
  local delay, attempt = tonumber(ARGV[16]), state.n
  state.na = NOW + delay
  state.p = problem
  if ARGV[17] == '1' then state.n = state.n - 1 end
  local seq = event('resource.retrying', '{"resource":' .. quote(resource) .. ',"attempt":' .. attempt
    .. ',"reason":' .. quote(ARGV[15]) .. ',"delayMs":' .. delay .. ',"nextAttemptAtMs":' .. state.na .. '}')
  move(resource, state, 'retrying', seq)
else
  state.n = state.n - 1
  move(resource, state, 'queued', event('resource.released', ARGV[13]))
end
seal_if_over()
return 'recorded'
