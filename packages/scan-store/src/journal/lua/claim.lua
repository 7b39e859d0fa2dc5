-- Claims items for a worker, each under a new epoch, or returns the reason of the refusal.
-- The client library repeats a command whose reply was lost. The token identifies the repeated claim, so it is no takeover.
-- An item whose answer another attempt pays for is not claimed. Loaded after budget.lua and find-holder.lua.
-- KEYS: those of prelude.lua  21 workers by last heartbeat  22 start of the current run of heartbeats without a gap
--       23.. for each item two: the stored answer of its content key, the lease of its content key
-- ARGV: 1 worker  2 lost workers after which an item fails  3 problem of a lost worker (JSON)  4 problem of an exhausted
--       budget (JSON)  5 worker timeout in ms  6.. pairs: resource, token
-- Returns first {cluster, provider, model, mode, price or '', execution, concurrency or '', curated} of the scan (nils when it is
-- unknown), then one reply for each pair: {epoch, attempt, plan entry (JSON), account at which the last failed attempt failed or ''} when claimed,
-- {reason, final status or '', problem (JSON) or ''} when refused, or
-- {'waiting', scan that pays, ms until its lease may be taken over, number of consecutive waits of the item}.
local worker, max_losses, worker_lost, budget_used_up = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local scan = redis.call('HMGET', SCAN, 'status', 'cluster', 'provider', 'model', 'mode', 'price', 'startedAt',
  'execution', 'concurrency', 'id', 'curated')
local ALIVE = { workers = KEYS[21], steady = KEYS[22], scans = ACTIVE }
-- Kept equal to the stored status below.
local status = scan[1]

-- Returns the attempt that pays for the answer of an item; nil when there is none, or when the answer is stored.
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
  if state.s == 'running' and state.t == token then return { state.e, state.n, facts, state.fa or '' } end
  local payer = (status == 'queued' or status == 'running') and find_payer(KEYS[21 + 2 * place], KEYS[22 + 2 * place])
  if payer then return wait_for(resource, state, payer[2], payer[3]) end

  -- The previous attempt is lost or was taken over: its epoch is no longer valid.
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
    -- The failures counted by limits() must include batched writes.
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
  return { state.e, state.n, facts, state.fa or '' }
end

local replies, seen = { { scan[2], scan[3], scan[4], scan[5], scan[6] or '', scan[8] or 'calls',
  scan[9] or '', scan[11] or '0' } }, {}
local resources = {}
for index = 6, #ARGV, 2 do resources[#resources + 1] = ARGV[index] end
local states = redis.call('HMGET', STATES, unpack(resources))
local facts = redis.call('HMGET', ITEMS, unpack(resources))
-- Batching a single item saves nothing.
if #resources > 1 then BATCH = {} end
for index, resource in ipairs(resources) do
  local text = states[index]
  -- A resource named twice: the second claim must see the state that the first one wrote.
  if seen[resource] then
    flush()
    text = redis.call('HGET', STATES, resource)
  end
  seen[resource] = true
  replies[index + 1] = claim(resource, ARGV[5 + 2 * index], text, facts[index], index)
end
seal_if_over()
return replies
