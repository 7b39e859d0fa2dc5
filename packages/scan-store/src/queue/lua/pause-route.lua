-- Pauses a queue for some time. A longer pause stays in force; BullMQ's own command would shorten it.
-- KEYS: 1 limiter of the queue  2 stored pause of the route  3 event stream of the queue
-- ARGV: 1 ms  2 BullMQ's limiter value of a paused queue  3 the pause (JSON without its end)  4 maximum number of events
-- Returns the remaining ms of the pause in force.
local left = redis.call('PTTL', KEYS[1])
local asked = tonumber(ARGV[1])
if left >= asked and tonumber(redis.call('GET', KEYS[1])) == tonumber(ARGV[2]) then return left end
redis.call('SET', KEYS[1], ARGV[2], 'PX', asked)
local time = redis.call('TIME')
local until_ms = time[1] * 1000 + math.floor(time[2] / 1000) + asked
local pause = cjson.decode(ARGV[3])
pause.untilMs = until_ms
local text = cjson.encode(pause)
redis.call('SET', KEYS[2], text, 'PX', asked)
redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[4], '*', 'event', 'route-paused', 'pause', text)
return asked
