-- Writes the whole plan of a scan.
-- ARGV: 1 excluded (JSON)  2 excluded count  3 excluded by reason (JSON)  4 unavailable (JSON)
--       5 warnings (JSON)  6 number of unchanged types
--       7.. groups of eight: resource, facts (JSON), action, estimated tokens, and four by action:
--           `undescribable`: problem (JSON), its reason, '', ''
--           `stored`, `curated`: event data (JSON), confidence, hash of the answer, its source
--           `analyze`, `unchanged`: '', '', '', ''
-- Returns 'planned', 'already-planned' or 'not-open'.
local GROUP = 8
local status = redis.call('HGET', SCAN, 'status')
if redis.call('HEXISTS', SCAN, 'total') == 1 then return 'already-planned' end
if status ~= 'discovering' then return 'not-open' end
local total = (#ARGV - 6) / GROUP
redis.call('SET', EXCLUDED, ARGV[1])
set_status('queued')
redis.call('HSET', SCAN, 'total', total, 'maxlen', 5000 + 8 * total,
  'excluded', ARGV[2], 'excludedByReason', ARGV[3], 'unavailable', ARGV[4], 'warnings', ARGV[5],
  'unchanged', ARGV[6])
BATCH = {}
announce_start()

local cache_hits, curated_answers = 0, 0
local place_by = {}

function place_by.analyze(resource, state)
  left_tokens = left_tokens + state.et
  place(resource, state, 'queued')
end

function place_by.unchanged(resource, state)
  state.r = 'unchanged'
  state.ft = NOW
  place(resource, state, 'skipped',
    event('resource.skipped', '{"resource":' .. quote(resource) .. ',"reason":"unchanged"}'))
end

-- Not added to `finishes`: all these answers finish at this instant, which would distort the finish rate of the ETA.
local function place_answered(resource, state, data, confidence, answer_hash, source)
  state.cf, state.ah, state.so = tonumber(confidence), answer_hash, source
  state.d = 0
  state.ft = NOW
  place(resource, state, 'succeeded', event('resource.succeeded', data))
end

function place_by.stored(resource, state, ...)
  cache_hits = cache_hits + 1
  state.c = true
  place_answered(resource, state, ...)
end

function place_by.curated(resource, state, ...)
  curated_answers = curated_answers + 1
  place_answered(resource, state, ...)
end

function place_by.undescribable(resource, state, problem, reason)
  place(resource, state, 'failed', mark_failed(resource, state, problem, reason))
end

for index = 1, total do
  local first = 7 + GROUP * (index - 1)
  local resource, facts, action, tokens = unpack(ARGV, first, first + 3)
  write('HSET', ITEMS, resource, facts)
  local state = { e = 0, n = 0, l = 0, i = index, et = tonumber(tokens) }
  place_by[action](resource, state, unpack(ARGV, first + 4, first + 7))
end
if cache_hits > 0 then redis.call('HINCRBY', SCAN, 'cacheHits', cache_hits) end
if curated_answers > 0 then redis.call('HINCRBY', SCAN, 'curatedAnswers', curated_answers) end
seal_if_over()
return 'planned'
