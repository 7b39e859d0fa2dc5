-- Gives the caller items under new epochs, or says why not, one after another in one step. The client library
-- sends a command again when its answer was lost: the token makes that the same claim and not a takeover of it. An item for
-- whose answer another start is paying is left as it is. After budget.lua and held-lease.lua.
-- KEYS: those of prelude.lua  18 workers by their last heartbeat  19 since when heartbeats come without a gap
--       20.. for each item two: the stored answer to its question, the lease of it
-- ARGV: 1 worker  2 losses after which an item fails  3 problem of a lost worker (JSON)  4 problem of a budget that
--       is used up (JSON)  5 ms after which a worker counts as gone  6.. pairs: resource, token
-- Returns {cluster, provider, model, mode, price or '', execution, concurrency or ''} of the scan, nils when there is none,
-- and then for each pair {epoch, attempt, facts}; or, refused, {because, final status or '', problem (JSON) or ''}; or
-- {'waiting', scan that pays, ms until its lease may be taken over, how often the item has waited}.
local worker, max_losses, worker_lost, budget_used_up = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local scan = redis.call('HMGET', SCAN, 'status', 'cluster', 'provider', 'model', 'mode', 'price', 'startedAt',
  'execution', 'concurrency', 'id')
local ALIVE = { workers = KEYS[18], steady = KEYS[19], scans = ACTIVE }
-- Changed below together with what is stored.
local status = scan[1]

-- The start that pays for the answer to an item's question; nil when none does, or when the answer is there.
local function find_payer(result_key, lease_key)
  local holder = find_holder(lease_key, ALIVE, tonumber(ARGV[5]))
  local result = holder and redis.call('GET', result_key)
  return not (result and is_usable(result, scan[5] == 'full' and scan[10] or '')) and holder or nil
end

local function wait_for(resource, state, scan_id, wait_ms)
  set_wait(state, scan_id ~= scan[10] and scan_id or nil)
  state.wn = (state.wn or 0) + 1
  write('HSET', STATES, resource, cjson.encode(state))
  return { 'waiting', scan_id, wait_ms, state.wn }
end

local function claim(resource, token, text, facts, place)
  local state = status and text and cjson.decode(text)
  if not state then return { 'unknown' } end
  if state.s == 'canceled' then return { 'canceled' } end
  if TERMINAL[state.s] then return { 'already-done', state.s, state.p or '' } end
  if state.s == 'running' and state.t == token then return { state.e, state.n, facts } end
  local payer = (status == 'queued' or status == 'running') and find_payer(KEYS[18 + 2 * place], KEYS[19 + 2 * place])
  if payer then return wait_for(resource, state, payer[2], payer[3]) end

  -- Whoever ran it before is gone or has been overtaken: its epoch no longer counts.
  if state.s == 'running' then
    lose_attempt(resource, state)
    state.l = state.l + 1
    if state.l >= tonumber(max_losses) and status ~= 'canceling' then
      fail_item(resource, state, worker_lost, 'worker_lost')
      return { 'already-done', 'failed', worker_lost }
    end
  end
  if status == 'canceling' then
    cancel_item(resource, state)
    return { 'canceled' }
  end
  local tokens, micros = 0, 0
  if HAS_BUDGET and (status == 'queued' or status == 'running') then
    -- What is spent includes failures that are not written yet.
    flush()
    unreserve(state)
    local estimate = cjson.decode(facts)
    tokens = estimate.estimatedTokens
    micros = type(estimate.estimatedCostUsd) == 'number' and math.ceil(estimate.estimatedCostUsd * 1000000) or 0
    for _, limit in ipairs(limits()) do
      local needed = limit.name == 'maxTokens' and tokens or limit.name == 'maxCostUsd' and micros or 1
      if limit.spent + limit.reserved + needed > limit.most then
        stop_by_budget(limit, status, budget_used_up)
        status = 'paused'
        break
      end
    end
  end
  if status == 'paused' then
    if state.s == 'running' then
      state.n = state.n - 1
      local seq = event('resource.released', '{"resource":' .. quote(resource) .. ',"worker":'
        .. quote(state.w) .. ',"reason":"worker lost while paused"}')
      move(resource, state, 'queued', seq)
    end
    return { 'paused' }
  end
  if status ~= 'queued' and status ~= 'running' then return { 'already-done' } end

  status, scan[7] = note_start(status, scan[7])
  local seq = begin_attempt(resource, state, worker)
  state.t = token
  if HAS_BUDGET then reserve(state, tokens, micros) end
  move(resource, state, 'running', seq)
  return { state.e, state.n, facts }
end

local replies, seen = { { scan[2], scan[3], scan[4], scan[5], scan[6] or '', scan[8] or 'calls',
  scan[9] or '' } }, {}
local resources = {}
for index = 6, #ARGV, 2 do resources[#resources + 1] = ARGV[index] end
local states = redis.call('HMGET', STATES, unpack(resources))
local facts = redis.call('HMGET', ITEMS, unpack(resources))
-- One item alone is not worth the detour.
if #resources > 1 then BATCH = {} end
for index, resource in ipairs(resources) do
  local text = states[index]
  -- Asked for twice in one step, the second one has to see the first.
  if seen[resource] then
    flush()
    text = redis.call('HGET', STATES, resource)
  end
  seen[resource] = true
  replies[index + 1] = claim(resource, ARGV[5 + 2 * index], text, facts[index], index)
end
seal_if_over()
return replies
