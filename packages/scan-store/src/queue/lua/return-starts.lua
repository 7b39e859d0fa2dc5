-- Takes back starts that used no request permit from the count of the window in which they were made.
-- KEYS: 1 meta of the queue  2 its limiter
-- ARGV: 1 what the library stores for a pause  2.. ms since each start
-- Returns how many were taken back. The key is never created, and a pause is never changed.
local left = redis.call('PTTL', KEYS[2])
if left <= 0 then return 0 end
local counted = tonumber(redis.call('GET', KEYS[2]))
if not counted or counted >= tonumber(ARGV[1]) then return 0 end
local duration = tonumber(redis.call('HGET', KEYS[1], 'duration') or '0')
local window_age = duration - left
local returned = 0
for index = 2, #ARGV do
  -- A start from before this window was counted in another one.
  if tonumber(ARGV[index]) <= window_age and counted > returned then returned = returned + 1 end
end
if returned > 0 then redis.call('DECRBY', KEYS[2], returned) end
return returned
