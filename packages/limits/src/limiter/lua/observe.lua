-- Applies limits that were observed without a call.
-- Arguments: observed (limit, remaining and roundedTo by dimension).
-- Returns 1.
local buckets = open_buckets()
observe_buckets(buckets, args.observed, nil)
save_buckets(buckets)
save(limits)
return 1
