-- Ends the rate-limit pause of a queue early.
-- KEYS: 1 limiter of the queue  2 its stored pause  3 its event stream
-- ARGV: 1 what the library stores while a queue is paused  2 most events
-- Returns the stored pause (JSON), or '' when the queue was not paused.
local pause = redis.call('GET', KEYS[2])
local paused = tonumber(redis.call('GET', KEYS[1]) or '0') >= tonumber(ARGV[1])
redis.call('DEL', KEYS[2])
if not paused then return '' end
redis.call('DEL', KEYS[1])
redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[2], '*', 'event', 'route-resumed')
return pause or '{}'
