-- Refunds job starts that used no request permit: they no longer count in the rate limit window in which they happened.
-- KEYS: 1 meta of the queue  2 limiter of the queue
-- ARGV: 1 BullMQ's limiter value of a paused queue  2.. ms since each start
-- Returns the number of refunded starts. Never creates the limiter key and never changes a pause.
local left = redis.call('PTTL', KEYS[2])
if left <= 0 then return 0 end
local counted = tonumber(redis.call('GET', KEYS[2]))
if not counted or counted >= tonumber(ARGV[1]) then return 0 end
local duration = tonumber(redis.call('HGET', KEYS[1], 'duration') or '0')
local window_age = duration - left
local refunded = 0
for index = 2, #ARGV do
  -- An older start was counted in an earlier window.
  if tonumber(ARGV[index]) <= window_age and counted > refunded then refunded = refunded + 1 end
end
if refunded > 0 then redis.call('DECRBY', KEYS[2], refunded) end
return refunded
