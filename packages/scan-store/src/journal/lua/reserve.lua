-- Reserves other sums for a running item, before a model with another price is asked about it, or a second time.
-- ARGV: 1 resource  2 epoch  3 micro-USD it may spend  4 tokens it may spend, '' as before
--       5 problem of a budget that is used up (JSON), '' when the scan need not pause for it
-- Returns 'reserved', also when the scan has no budget; 'over-budget', and the scan is paused; 'fenced' or 'unknown'.
local resource, epoch, micros, problem = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[5]
local state = load_state(resource)
if not state then return 'unknown' end
if state.e ~= epoch or state.s ~= 'running' then return 'fenced' end
-- Claimed before the scan had a budget: nothing of it was reserved.
if not HAS_BUDGET or not state.rt then return 'reserved' end
local tokens = tonumber(ARGV[4])
local more = { maxCostUsd = micros - state.rm, maxTokens = tokens and tokens - state.rt }
for _, limit in ipairs(limits()) do
  if more[limit.name] and limit.spent + limit.reserved + more[limit.name] > limit.most then
    local status = redis.call('HGET', SCAN, 'status')
    -- Of a paused or canceled scan the running items end all the same.
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
