-- Lets no call start for a while; of two pauses the longer one counts.
-- ARGV: 1 ms  2 reason, or '' to end a pause
-- Returns 1.
if ARGV[2] == '' then
  put(group, 'pauseUntil', 0)
else
  pause_until(NOW + tonumber(ARGV[1]), ARGV[2])
end
save(group)
return 1
