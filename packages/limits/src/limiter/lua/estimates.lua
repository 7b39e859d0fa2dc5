-- What a call will cost, learned from what the last ones of the model really used. Fields: k (characters a
-- token), output and deviation (running 75th percentile of output tokens), cached (prompt tokens from the cache).
-- Calls about several types have the last three of their own, named pack:..., the first two of them for one type: they
-- share no cached prompt with calls about one, and all their answers together spread less.
local estimates = open_hash(ESTIMATES)
-- English and YAML-like text before the first answer; definitions answered so far used about 300 tokens.
local START_K, START_OUTPUT, START_DEVIATION = 4, 400, 100

local function total_input(characters)
  return math.max(1, math.ceil(characters / number_of(estimates, 'k', START_K)))
end

local function kind_of(types) return types > 1 and 'pack:' or '' end

-- Tokens of one answer; before the first pack, what calls about one type have taught.
local function output_of(kind)
  return number_of(estimates, kind .. 'output', number_of(estimates, 'output', START_OUTPUT))
end

-- Costs in the order of DIMENSIONS. A combined limit reserves all the output that was asked for, as the
-- providers that have one do; a limit of output only counts what is really written.
local function costs_of(characters, max_output, types)
  local total = total_input(characters)
  local kind = kind_of(types)
  local cached = group.fields.cached == '1' and 0 or math.floor(number_of(estimates, kind .. 'cached', 0))
  local output = math.min(max_output, math.ceil(types * output_of(kind)))
  return { 1, math.max(1, total - cached), output, total + max_output }
end

local function actual_costs(input, cached, output)
  local all = input + cached
  return { 1, group.fields.cached == '1' and all or input, output, all + output }
end

-- The percentile moves up by three parts when it was too low and down by one when not, so it rests where a
-- quarter of the answers are longer (Robbins and Monro 1951); steps follow the spread.
local function note_usage(characters, types, input, cached, output)
  local kind = kind_of(types)
  local all = input + cached
  if all > 0 and characters > 0 then
    local k = 0.9 * number_of(estimates, 'k', START_K) + 0.1 * characters / all
    -- No text is outside of this; a provider's odd count must not switch the limits off.
    put(estimates, 'k', math.min(12, math.max(0.5, k)))
  end
  local level = output_of(kind)
  local off = output / types - level
  local deviation = 0.9 * number_of(estimates, kind .. 'deviation', START_DEVIATION) + 0.1 * math.abs(off)
  put(estimates, kind .. 'deviation', deviation)
  put(estimates, kind .. 'output', math.max(1, level + 0.2 * deviation * (off > 0 and 0.75 or -0.25)))
  put(estimates, kind .. 'cached', 0.8 * number_of(estimates, kind .. 'cached', 0) + 0.2 * cached)
end
