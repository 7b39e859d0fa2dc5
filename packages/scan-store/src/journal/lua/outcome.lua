-- Ends an attempt: state, counters, totals and events of its item. Loaded after budget.lua.
-- KEYS: those of prelude.lua  21 batch answers of the scan (hash resource -> answer)
-- ARGV holds 23 arguments for each item: 1 resource  2 defined by the script  3 type  4 attempt (JSON without outcome and problem)
--       5 durationMs  6 input tokens  7 cached tokens  8 output tokens  9 calls  10 cache hit 0/1
--       11 micro-USD or 'unknown'  12 confidence or ''  13 event data (JSON)  14 problem (JSON) or ''
--       15 reason  16 delayMs  17 free 0/1  18 hash of the answer or ''
--       19 removes the batch answer 0/1, in the same step
--       20 number of tokens that are estimated  21 source of the answer or ''
--       22 account at which the attempt failed or ''  23 another scan whose batch has the question or ''
local OUTCOME_ARGS = 23
local BATCH_ANSWERS = KEYS[21]
local TOTALS = { 'workMs', 'inputTokens', 'cachedTokens', 'outputTokens', 'calls', 'cacheHits', 'costMicros' }
local totals = {}

local function add_total(field, number)
  if number and number ~= 0 then totals[field] = (totals[field] or 0) + number end
end

local function add_totals()
  for field, sum in pairs(totals) do redis.call('HINCRBY', SCAN, field, sum) end
  totals = {}
end

-- Ends the attempt of an item. `at` is the index in ARGV before its first argument.
local function end_attempt(at, resource, state, attempts)
  local function arg(index) return ARGV[at + index] end
  local kind, problem = arg(3), arg(14)
  local canceled = kind ~= 'succeeded' and redis.call('HGET', SCAN, 'status') == 'canceling'
  if kind ~= 'deferred' then
    add_attempt(resource, state, arg(4), canceled and 'canceled' or kind, problem ~= '' and problem, attempts)
  end
  if arg(11) == 'unknown' then redis.call('HSET', SCAN, 'unpriced', 1) end
  for index, field in ipairs(TOTALS) do add_total(field, tonumber(arg(4 + index))) end
  local estimated = tonumber(arg(20))
  add_total('estimatedTokens', estimated)
  if estimated > 0 then state.te = (state.te or 0) + estimated end
  for index, field in ipairs({ 'd', 'ti', 'tc', 'to' }) do
    state[field] = (state[field] or 0) + tonumber(arg(4 + index))
  end

  if HAS_BUDGET and redis.call('HEXISTS', SCAN, 'budgetWarned') == 0 then
    add_totals()
    flush()
    for _, limit in ipairs(limits()) do
      if limit.spent >= 0.8 * limit.most then
        redis.call('HSET', SCAN, 'budgetWarned', limit.name)
        budget_event(limit, 80)
        break
      end
    end
  end

  if arg(19) == '1' then redis.call('HDEL', BATCH_ANSWERS, resource) end
  if kind == 'succeeded' then
    state.c = arg(10) == '1'
    state.cf = tonumber(arg(12))
    if arg(18) ~= '' then state.ah = arg(18) end
    state.so = arg(21)
    if state.so == 'curated' then add_total('curatedAnswers', 1) end
    state.ft = NOW
    finishes = finishes + 1
    move(resource, state, 'succeeded', event('resource.succeeded', arg(13)))
  elseif canceled then
    cancel_item(resource, state)
  elseif kind == 'failed' then
    fail_item(resource, state, problem, arg(15))
  elseif kind == 'retrying' then
    local delay, attempt = tonumber(arg(16)), state.n
    state.na = NOW + delay
    state.p = problem
    if arg(22) ~= '' then state.fa = arg(22) end
    if arg(17) == '1' then state.n = state.n - 1 end
    local seq = event('resource.retrying', '{"resource":' .. quote(resource) .. ',"attempt":' .. attempt
      .. ',"reason":' .. quote(arg(15)) .. ',"delayMs":' .. delay .. ',"nextAttemptAtMs":' .. state.na .. '}')
    move(resource, state, 'retrying', seq)
  else
    state.n = state.n - 1
    local other = arg(23)
    move(resource, state, 'queued', event('resource.released', arg(13)), other ~= '' and other or nil)
  end
end

-- Calls `record(at, resource, state, attempts)` for each item and returns its replies. `state` is nil for an unknown item.
local function record_each(record)
  local replies, seen, resources = {}, {}, {}
  for at = 0, #ARGV - 1, OUTCOME_ARGS do resources[#resources + 1] = ARGV[at + 1] end
  local states = redis.call('HMGET', STATES, unpack(resources))
  local attempts = redis.call('HMGET', ATTEMPTS, unpack(resources))
  -- Batching a single item saves nothing.
  if #resources > 1 then BATCH = {} end
  for index, resource in ipairs(resources) do
    local text, before = states[index], attempts[index]
    -- A resource named twice: the second record must see the state that the first one wrote.
    if seen[resource] then
      flush()
      text, before = redis.call('HGET', STATES, resource), redis.call('HGET', ATTEMPTS, resource)
    end
    seen[resource] = true
    replies[index] = record(OUTCOME_ARGS * (index - 1), resource, text and cjson.decode(text), before)
  end
  add_totals()
  seal_if_over()
  return replies
end
