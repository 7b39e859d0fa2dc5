-- Sets what the operator allows. Levels, learned limits and a concurrency that was good within a day stay.
-- ARGV: 1-8 limit per minute ('' = none) and burst in ms of each dimension  9 cached tokens count 0/1
-- 10 concurrency to start with  11 highest concurrency
-- Returns 1.
-- First with the limits so far: what was refilled until now was refilled at their rate.
local buckets = open_buckets()
put(group, 'at', NOW)
for index, bucket in ipairs(buckets) do
  local limit = ARGV[2 * index - 1]
  put(group, bucket.name .. ':configured', limit)
  put(group, bucket.name .. ':burst', ARGV[2 * index])
  if not bucket.limit then begin_bucket(bucket) end
  put(group, bucket.name .. ':used', bucket.used)
end
local known = group.fields.c and NOW - number_of(group, 'goodAt', 0) <= GOOD_FOR_MS
if not known then
  put(group, 'c', ARGV[10])
  put(group, 'slow', '1')
  put(group, 'goodAt', NOW)
  put(group, 'lowered', '')
end
put(group, 'cStart', ARGV[10])
put(group, 'cMax', ARGV[11])
put(group, 'c', math.min(number_of(group, 'c'), tonumber(ARGV[11])))
put(group, 'cached', ARGV[9])
put(group, 'configured', 1)
save(group)
return 1
