-- Lets no call start for a while; of two pauses the longer one counts.
-- ARGV: 1 ms  2 reason  3 member of the index, see index_block
-- Returns 1.
pause_until(NOW + tonumber(ARGV[1]), ARGV[2])
index_block(ARGV[3])
save(group)
return 1
