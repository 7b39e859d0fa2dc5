-- Opens a scan, or says which one runs on its cluster already. Repeatable with the same id.
-- ARGV: 1 id  2 cluster  3 `parallel` or anything else  4.. field, value pairs of the scan hash
-- Returns {'opened'} or {'conflict', id of the running scan}.
local id, cluster = ARGV[1], ARGV[2]
if redis.call('EXISTS', SCAN) == 1 then return { 'opened' } end
if ARGV[3] ~= 'parallel' then
  local running = redis.call('HGET', GUARD, cluster)
  if running then
    if redis.call('SISMEMBER', ACTIVE, running) == 1 then return { 'conflict', running } end
  end
  redis.call('HSET', GUARD, cluster, id)
end
redis.call('HSET', SCAN, 'id', id, 'cluster', cluster, 'status', 'discovering', 'seq', 0, 'runAttempt', 1,
  'createdAt', NOW)
for index = 4, #ARGV, 2 do redis.call('HSET', SCAN, ARGV[index], ARGV[index + 1]) end
redis.call('ZADD', SCANS, NOW, id)
redis.call('SADD', ACTIVE, id)
return { 'opened' }
