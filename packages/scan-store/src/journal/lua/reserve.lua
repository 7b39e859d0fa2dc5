-- Changes the reservation of a running item, before a call to a model with another price or a second call.
-- ARGV: 1 resource  2 epoch  3 micro-USD to reserve  4 tokens to reserve, '' = unchanged
--       5 problem of an exhausted budget (JSON), '' = do not pause the scan
-- Returns 'reserved' (also without a budget), 'over-budget', 'fenced' or 'unknown'.
local resource, epoch, micros, problem = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[5]
local state = load_state(resource)
if not state then return 'unknown' end
if state.e ~= epoch or state.s ~= 'running' then return 'fenced' end
-- The item was claimed before the scan had a budget: there is no reservation.
if not HAS_BUDGET or not state.rt then return 'reserved' end
local tokens = tonumber(ARGV[4])
local more = { maxCostUsd = micros - state.rm, maxTokens = tokens and tokens - state.rt }
for _, limit in ipairs(limits()) do
  if more[limit.name] and limit.spent + limit.reserved + more[limit.name] > limit.most then
    local status = redis.call('HGET', SCAN, 'status')
    -- The running items of a paused or canceling scan may finish.
    if status == 'running' and problem ~= '' then stop_by_budget(limit, status, problem) end
    flush()
    return 'over-budget'
  end
end
tokens = tokens or state.rt
unreserve(state)
reserve(state, tokens, micros)
write('HSET', STATES, resource, cjson.encode(state))
flush()
return 'reserved'
