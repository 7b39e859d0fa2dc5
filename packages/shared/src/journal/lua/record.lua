-- Records what became of a claimed item, once.
-- ARGV: 1 resource  2 epoch  3 type  4 attempt (JSON)  5 durationMs  6 usage (JSON)  7 input tokens
--       8 cached tokens  9 output tokens  10 calls  11 cache hit 0/1  12 micro-USD or 'unknown'
--       13 confidence or ''  14 event data (JSON)  15 problem (JSON) or ''  16 reason  17 delayMs  18 free 0/1
-- Returns 'recorded', 'duplicate', 'fenced' or 'unknown'.
local resource, epoch, kind = ARGV[1], tonumber(ARGV[2]), ARGV[3]
local state = load_state(resource)
if not state then return 'unknown' end
if state.e ~= epoch then return 'fenced' end
if state.s ~= 'running' then return 'duplicate' end

add_attempt(resource, ARGV[4])
redis.call('HINCRBY', SCAN, 'workMs', ARGV[5])
redis.call('HINCRBY', SCAN, 'inputTokens', ARGV[7])
redis.call('HINCRBY', SCAN, 'cachedTokens', ARGV[8])
redis.call('HINCRBY', SCAN, 'outputTokens', ARGV[9])
redis.call('HINCRBY', SCAN, 'calls', ARGV[10])
redis.call('HINCRBY', SCAN, 'cacheHits', ARGV[11])
if ARGV[12] == 'unknown' then redis.call('HSET', SCAN, 'unpriced', 1)
else redis.call('HINCRBY', SCAN, 'costMicros', ARGV[12]) end

state.d = tonumber(ARGV[5])
state.u = ARGV[6]
local canceling = redis.call('HGET', SCAN, 'status') == 'canceling'
if kind == 'succeeded' then
  state.c = ARGV[11] == '1'
  state.cf = tonumber(ARGV[13])
  state.ft = NOW
  state.p = nil
  note_finish()
  move(resource, state, 'succeeded', event('resource.succeeded', ARGV[14]))
elseif canceling then
  cancel_item(resource, state)
elseif kind == 'failed' then
  fail_item(resource, state, ARGV[15], ARGV[16])
elseif kind == 'retrying' then
  local delay = tonumber(ARGV[17])
  state.na = NOW + delay
  state.p = ARGV[15]
  local attempt = state.n
  if ARGV[18] == '1' then state.n = state.n - 1 end
  local seq = event('resource.retrying', '{"resource":' .. quote(resource) .. ',"attempt":' .. attempt
    .. ',"reason":' .. quote(ARGV[16]) .. ',"delayMs":' .. delay .. ',"nextAttemptAtMs":' .. state.na .. '}')
  move(resource, state, 'retrying', seq)
else
  state.n = state.n - 1
  move(resource, state, 'queued', event('resource.released', ARGV[14]))
end
seal_if_over()
return 'recorded'
