-- Gives the caller items under new epochs, or says why not, one after another in one step. The client library
-- sends a command again when its answer was lost: the token makes that the same claim and not a takeover of it.
-- ARGV: 1 worker  2 losses after which an item fails  3 problem of a lost worker (JSON)  4 problem of a budget that
--       is used up (JSON)  5.. pairs: resource, token
-- Returns for each pair {'claimed', epoch, attempt, facts, cluster, provider, model, mode, price or '',
-- execution} or {'refused', because}.
local worker, max_losses, worker_lost, budget_used_up = ARGV[1], ARGV[2], ARGV[3], ARGV[4]

local function claim(resource, token)
  local status = redis.call('HGET', SCAN, 'status')
  local state = status and load_state(resource)
  if not state then return { 'refused', 'unknown' } end
  if TERMINAL[state.s] then return { 'refused', state.s == 'canceled' and 'canceled' or 'already-done' } end

  local facts = redis.call('HGET', ITEMS, resource)
  local function claimed()
    local scan = redis.call('HMGET', SCAN, 'cluster', 'provider', 'model', 'mode', 'price', 'execution')
    return { 'claimed', state.e, state.n, facts, scan[1], scan[2], scan[3], scan[4], scan[5] or '',
      scan[6] or 'calls' }
  end
  if state.s == 'running' and state.t == token then return claimed() end

  -- Whoever ran it before is gone or has been overtaken: its epoch no longer counts.
  if state.s == 'running' then
    lose_attempt(resource, state)
    state.l = state.l + 1
    if state.l >= tonumber(max_losses) and status ~= 'canceling' then
      fail_item(resource, state, worker_lost, 'worker_lost')
      return { 'refused', 'already-done' }
    end
  end
  if status == 'canceling' then
    cancel_item(resource, state)
    return { 'refused', 'canceled' }
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
        local pause = '{"by":"budget","reason":"budget_exceeded","problem":' .. budget_used_up .. '}'
        redis.call('HSET', SCAN, 'status', 'paused', 'pause', pause, 'resumeTo', status, 'stoppedBy', limit.name)
        budget_event(limit, 100)
        event('scan.paused', pause)
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
    return { 'refused', 'paused' }
  end
  if status ~= 'queued' and status ~= 'running' then return { 'refused', 'already-done' } end

  if status == 'queued' then redis.call('HSET', SCAN, 'status', 'running') end
  redis.call('HSETNX', SCAN, 'startedAt', NOW)
  state.e = state.e + 1
  state.n = state.n + 1
  state.st, state.w, state.t = NOW, worker, token
  state.na, state.p = nil, nil
  local seq = event('resource.started', '{"resource":' .. quote(resource) .. ',"attempt":' .. state.n
    .. ',"worker":' .. quote(worker) .. '}')
  if HAS_BUDGET then reserve(state, tokens, micros) end
  move(resource, state, 'running', seq)
  return claimed()
end

local replies, seen = {}, {}
-- One item alone is not worth the detour.
if #ARGV > 6 then BATCH = {} end
for index = 5, #ARGV, 2 do
  local resource = ARGV[index]
  -- Asked for twice in one step, the second one has to see the first.
  if seen[resource] then flush() end
  seen[resource] = true
  replies[#replies + 1] = claim(resource, ARGV[index + 1])
end
seal_if_over()
return replies
