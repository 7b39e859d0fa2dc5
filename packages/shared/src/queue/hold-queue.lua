-- Lets no worker start a job of the queue for a while. Of two holds the longer one wins, whichever came first:
-- the queue library's own command would shorten it.
-- KEYS: 1 limiter of the queue  ARGV: 1 ms  2 what the library stores there for "no more"
-- Returns the ms for which it is held now.
local left = redis.call('PTTL', KEYS[1])
local asked = tonumber(ARGV[1])
if left >= asked and tonumber(redis.call('GET', KEYS[1])) == tonumber(ARGV[2]) then return left end
redis.call('SET', KEYS[1], ARGV[2], 'PX', asked)
return asked
