-- Sets the global rate limit of a queue. A lower limit starts a new window; otherwise starts counted under the higher
-- limit would block the queue for the rest of the window.
-- KEYS: 1 meta of the queue  2 limiter of the queue
-- ARGV: 1 maximum job starts per window  2 length of a window in ms  3 BullMQ's limiter value of a paused queue
--       4 '1': only when the queue has no limit yet
-- Returns the limit in force.
local before = tonumber(redis.call('HGET', KEYS[1], 'max') or '')
local most = tonumber(ARGV[1])
if before and ARGV[4] == '1' then return before end
if before == most then return most end
redis.call('HSET', KEYS[1], 'max', most, 'duration', ARGV[2])
local counted = tonumber(redis.call('GET', KEYS[2]) or '')
if before and most < before and counted and counted < tonumber(ARGV[3]) then redis.call('DEL', KEYS[2]) end
return most
