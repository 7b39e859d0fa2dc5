-- A call was answered well: nothing of the faults before counts any more.
-- ARGV: 1 endpoint
-- Returns 1.
save(ARGV[1], 'answeredAt', NOW)
forget_faults()
return 1
