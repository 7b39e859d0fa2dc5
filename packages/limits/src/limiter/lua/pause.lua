-- Lets no call start for a while; of two pauses the longer one applies.
-- Arguments: forMs, reason, indexName (see index_block).
-- Returns 1.
pause_until(NOW + args.forMs, args.reason)
index_block(args.indexName)
save(limits)
return 1
