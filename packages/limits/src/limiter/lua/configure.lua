-- Stores the configured limits. Keeps bucket levels, learned limits and a concurrency limit that worked within a day.
-- Arguments: perMinute (limit by dimension; missing = none), burstMs (by dimension), cachedTokensCount (0/1),
-- startConcurrency, maxConcurrency.
-- Returns 1.
-- Opened with the limits so far: until now the buckets were refilled at their rates.
local buckets = open_buckets()
put(limits, 'bucket:at', NOW)
for _, bucket in ipairs(buckets) do
  local prefix = 'bucket:' .. bucket.name
  put(limits, prefix .. ':configured', args.perMinute[bucket.name] or '')
  put(limits, prefix .. ':burst', args.burstMs[bucket.name])
  if not bucket.limit then start_bucket(bucket) end
  put(limits, prefix .. ':used', bucket.used)
end
aimd.configure(args.startConcurrency, args.maxConcurrency)
put(limits, 'config:cachedTokensCount', args.cachedTokensCount)
put(limits, 'config:set', 1)
save(limits)
return 1
