-- Ends the rate-limit pause of a queue early.
-- KEYS: 1 limiter of the queue  2 stored pause of the route  3 event stream of the queue
-- ARGV: 1 BullMQ's limiter value of a paused queue  2 maximum number of events
-- Returns the stored pause (JSON), or '' when the queue was not paused.
local pause = redis.call('GET', KEYS[2])
local paused = tonumber(redis.call('GET', KEYS[1]) or '0') >= tonumber(ARGV[1])
redis.call('DEL', KEYS[2])
if not paused then return '' end
redis.call('DEL', KEYS[1])
redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[2], '*', 'event', 'route-resumed')
return pause or '{}'
