-- Reserves or releases an amount in the budget of one caller for today (UTC).
-- KEYS: 1 budget (hash: day, total, reservation -> micro-USD)
-- ARGV: 1 `reserve` or `release`  2 reservation  3 micro-USD  4 budget in micro-USD  5 maximum number of reservations
-- Returns {'done', total} or {'exceeded', total}.
local DAY_SECONDS = 86400
local day = math.floor(redis.call('TIME')[1] / DAY_SECONDS)
if tonumber(redis.call('HGET', KEYS[1], 'day')) ~= day then
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], 'day', day, 'total', 0)
  redis.call('EXPIRE', KEYS[1], 2 * DAY_SECONDS)
end
local field, amount = 'for:' .. ARGV[2], tonumber(ARGV[3])
local held = tonumber(redis.call('HGET', KEYS[1], field))
local total = tonumber(redis.call('HGET', KEYS[1], 'total'))
if ARGV[1] == 'release' then
  if not held then return { 'done', total } end
  redis.call('HDEL', KEYS[1], field)
  return { 'done', redis.call('HINCRBY', KEYS[1], 'total', 0 - held) }
end
-- A repeated call counts once.
if held then return { 'done', total } end
-- Two fields are no reservations.
local isFull = redis.call('HLEN', KEYS[1]) - 2 >= tonumber(ARGV[5])
if isFull or total + amount > tonumber(ARGV[4]) then return { 'exceeded', total } end
redis.call('HSET', KEYS[1], field, amount)
return { 'done', redis.call('HINCRBY', KEYS[1], 'total', amount) }
