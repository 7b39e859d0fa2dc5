-- Opens a scan, or says which one runs on its cluster already. Repeatable with the same id.
-- ARGV: 1 id  2 cluster  3 `parallel` or anything else  4.. field, value pairs of the scan hash
-- Returns {'opened'} or {'conflict', id of the running scan}.
local id, cluster = ARGV[1], ARGV[2]
if redis.call('EXISTS', SCAN) == 1 then return { 'opened' } end
local running = redis.call('HGET', GUARD, cluster)
-- A guard may outlive its scan when somebody removed the scan's keys by hand.
if running and redis.call('SISMEMBER', ACTIVE, running) == 0 then running = false end
if running and ARGV[3] ~= 'parallel' then return { 'conflict', running } end
if not running then redis.call('HSET', GUARD, cluster, id) end
redis.call('HSET', SCAN, 'id', id, 'cluster', cluster, 'status', 'discovering', 'seq', 0, 'runAttempt', 1,
  'createdAt', NOW)
for index = 4, #ARGV, 2 do redis.call('HSET', SCAN, ARGV[index], ARGV[index + 1]) end
-- One score for all: ids are UUIDv7, so the order of names is the order of time and pages can seek.
redis.call('ZADD', SCANS, 0, id)
redis.call('SADD', ACTIVE, id)
return { 'opened' }
