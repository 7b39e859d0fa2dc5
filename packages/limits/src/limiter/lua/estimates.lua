-- Estimates the cost of a call from the usage of the last calls of the model. Fields: estimate:charactersPerToken; and for
-- calls about one type estimate:single:output and estimate:single:deviation (running 75th percentile of output tokens),
-- estimate:single:cached (prompt tokens from the cache). Multi-type prompts have estimate:multi:..., the first two per type:
-- they share no cached prompt with other calls, and the sum of several answers varies less.
local estimates = open_hash(ESTIMATES)
-- Before the first answer: English and YAML-like text, and definitions so far used about 300 tokens.
local INITIAL_CHARACTERS_PER_TOKEN, INITIAL_OUTPUT, INITIAL_DEVIATION = 4, 400, 100

local function characters_per_token()
  return number_of(estimates, 'estimate:charactersPerToken', INITIAL_CHARACTERS_PER_TOKEN)
end

local function prefix_for(types) return types > 1 and 'estimate:multi:' or 'estimate:single:' end

-- Output tokens per type. Before the first multi-type prompt, the estimate of calls about one type.
local function expected_output(prefix)
  return number_of(estimates, prefix .. 'output', number_of(estimates, 'estimate:single:output', INITIAL_OUTPUT))
end

-- Costs by dimension. A combined limit (`tokens`) reserves all requested output, as the providers that have one do. A
-- limit of output tokens counts only what is generated.
local function estimate_costs(characters, max_output, types)
  local total = math.max(1, math.ceil(characters / characters_per_token()))
  local prefix = prefix_for(types)
  local counts_cached = limits.fields['config:cachedTokensCount'] == '1'
  local cached = counts_cached and 0 or math.floor(number_of(estimates, prefix .. 'cached', 0))
  return {
    requests = 1,
    ['input-tokens'] = math.max(1, total - cached),
    ['output-tokens'] = math.min(max_output, math.ceil(types * expected_output(prefix))),
    tokens = total + max_output,
  }
end

local function actual_costs(usage)
  local input = usage.inputTokens + usage.cachedTokens
  return {
    requests = 1,
    ['input-tokens'] = limits.fields['config:cachedTokensCount'] == '1' and input or usage.inputTokens,
    ['output-tokens'] = usage.outputTokens,
    tokens = input + usage.outputTokens,
  }
end

-- The percentile moves up by three parts if it was too low, else down by one. So it settles where a quarter of the
-- answers are longer (Robbins and Monro 1951). Steps are proportional to the deviation.
local function record_usage(characters, types, usage)
  local prefix = prefix_for(types)
  local input = usage.inputTokens + usage.cachedTokens
  if input > 0 and characters > 0 then
    local ratio = 0.9 * characters_per_token() + 0.1 * characters / input
    -- No text is outside of this range: a provider's wrong count must not disable the limits.
    put(estimates, 'estimate:charactersPerToken', math.min(12, math.max(0.5, ratio)))
  end
  local level = expected_output(prefix)
  local difference = usage.outputTokens / types - level
  local deviation = 0.9 * number_of(estimates, prefix .. 'deviation', INITIAL_DEVIATION) + 0.1 * math.abs(difference)
  put(estimates, prefix .. 'deviation', deviation)
  put(estimates, prefix .. 'output', math.max(1, level + 0.2 * deviation * (difference > 0 and 0.75 or -0.25)))
  put(estimates, prefix .. 'cached', 0.8 * number_of(estimates, prefix .. 'cached', 0) + 0.2 * usage.cachedTokens)
end
