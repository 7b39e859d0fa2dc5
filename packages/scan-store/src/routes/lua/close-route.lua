-- Closes an idle route: it has no waiting, prioritized, delayed or active job, and no scan that is discovering, queued or
-- running. Check and close are atomic, so no job is added to a route that is being closed.
-- KEYS: 1 live routes  2 closed routes  3 active scans  4 wait, 5 active, 6 delayed and 7 prioritized of its queue
--       8.. the hash of each active scan of the route
-- ARGV: 1 queue  2 'close', or 'check' to change nothing  3.. the id of each scan of KEYS
-- Returns 'closed' (with 'check': it could be closed), 'busy', 'unknown', or 'again' when a scan of the route was opened after the caller read the list.
local queue = ARGV[1]
local route = redis.call('HGET', KEYS[1], queue)
if not route then return 'unknown' end
if redis.call('LLEN', KEYS[4]) + redis.call('LLEN', KEYS[5]) + redis.call('ZCARD', KEYS[6])
  + redis.call('ZCARD', KEYS[7]) > 0 then return 'busy' end
local known = {}
for index = 3, #ARGV do known[ARGV[index]] = KEYS[index + 5] end
local active = redis.call('HGETALL', KEYS[3])
for index = 1, #active, 2 do
  if cjson.decode(active[index + 1]).queue == queue then
    local scan = known[active[index]]
    if not scan then return 'again' end
    local status = redis.call('HGET', scan, 'status')
    if status == 'discovering' or status == 'queued' or status == 'running' then return 'busy' end
  end
end
if ARGV[2] == 'check' then return 'closed' end
local time = redis.call('TIME')
local closed = cjson.decode(route)
closed.closedAtMs = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HDEL', KEYS[1], queue)
redis.call('HSET', KEYS[2], queue, cjson.encode(closed))
return 'closed'
