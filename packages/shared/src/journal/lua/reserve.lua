-- Reserves another sum for a running item, before a model with another price is asked about it.
-- ARGV: 1 resource  2 epoch  3 micro-USD it may spend  4 problem of a budget that is used up (JSON)
-- Returns 'reserved', also when the scan has no budget; 'over-budget', and the scan is paused; 'fenced' or 'unknown'.
local resource, epoch, micros = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local state = load_state(resource)
if not state then return 'unknown' end
if state.e ~= epoch or state.s ~= 'running' then return 'fenced' end
-- Claimed before the scan had a budget: nothing of it was reserved.
if not HAS_BUDGET or not state.rt then return 'reserved' end
for _, limit in ipairs(limits()) do
  if limit.name == 'maxCostUsd' and limit.spent + limit.reserved - state.rm + micros > limit.most then
    local status = redis.call('HGET', SCAN, 'status')
    -- Of a paused or canceled scan the running items end all the same.
    if status == 'running' then stop_by_budget(limit, status, ARGV[4]) end
    flush()
    return 'over-budget'
  end
end
local tokens = state.rt
unreserve(state)
reserve(state, tokens, micros)
write('HSET', STATES, resource, cjson.encode(state))
flush()
return 'reserved'
