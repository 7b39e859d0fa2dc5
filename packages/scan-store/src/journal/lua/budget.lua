-- The budget of a scan: the fields maxTokens, maxCostMicros and maxFailures of its hash. Each is optional.
local BUDGET = redis.call('HMGET', SCAN, 'maxTokens', 'maxCostMicros', 'maxFailures')
local HAS_BUDGET = BUDGET[1] or BUDGET[2] or BUDGET[3]

-- Lists the limits of the scan: name, maximum, amount spent, and amount reserved for running items.
local function limits()
  local spent = redis.call('HMGET', SCAN, 'inputTokens', 'cachedTokens', 'outputTokens', 'costMicros',
    'reservedTokens', 'reservedMicros')
  local function number(index) return tonumber(spent[index] or 0) end
  local all = {
    { name = 'maxTokens', most = BUDGET[1], spent = number(1) + number(2) + number(3), reserved = number(5) },
    { name = 'maxCostUsd', most = BUDGET[2], spent = number(4), reserved = number(6) },
    { name = 'maxFailures', most = BUDGET[3], spent = count('failed'), reserved = 0 },
  }
  local own = {}
  for _, limit in ipairs(all) do
    if limit.most then
      limit.most = tonumber(limit.most)
      own[#own + 1] = limit
    end
  end
  return own
end

-- Redis counts money in millionths of a dollar; events state dollars.
local function to_event_amount(limit, value)
  return limit.name == 'maxCostUsd' and string.format('%.6f', value / 1000000) or value
end

local function budget_event(limit, percent)
  return event('scan.budget', '{"limit":' .. quote(limit.name) .. ',"percent":' .. percent
    .. ',"spent":' .. to_event_amount(limit, limit.spent) .. ',"most":' .. to_event_amount(limit, limit.most) .. '}')
end

-- Pauses the scan until a person resumes it with a larger budget. `problem` is JSON.
local function stop_by_budget(limit, status, problem)
  local pause = '{"by":"budget","reason":"budget_exceeded","problem":' .. problem .. '}'
  set_status('paused')
  redis.call('HSET', SCAN, 'pause', pause, 'resumeTo', status, 'stoppedBy', limit.name)
  budget_event(limit, 100)
  event('scan.paused', pause)
end
