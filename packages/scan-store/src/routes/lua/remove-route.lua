-- Removes the keys of a closed route whose queue holds no job: those of BullMQ and those of Capstan.
-- KEYS: 1 live routes  2 closed routes  3 wait, 4 active, 5 delayed, 6 prioritized, 7 completed and 8 failed of its
--       queue  9.. keys to remove
-- ARGV: 1 queue
-- Returns 'removed', 'kept' while jobs remain, 'live' when the route was announced again, or 'unknown'.
local queue = ARGV[1]
if redis.call('HEXISTS', KEYS[1], queue) == 1 then return 'live' end
if redis.call('HEXISTS', KEYS[2], queue) == 0 then return 'unknown' end
if redis.call('LLEN', KEYS[3]) + redis.call('LLEN', KEYS[4]) > 0 then return 'kept' end
for index = 5, 8 do
  if redis.call('ZCARD', KEYS[index]) > 0 then return 'kept' end
end
for index = 9, #KEYS do redis.call('UNLINK', KEYS[index]) end
redis.call('HDEL', KEYS[2], queue)
return 'removed'
