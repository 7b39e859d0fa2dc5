-- Removes finished jobs with their logs. Jobs that were added again, or ended after ARGV[1], stay.
-- KEYS: 1 the completed or failed jobs of a queue  2.. pairs: a job, its log
-- ARGV: 1 latest end in ms  2.. the id of each job of KEYS
-- Returns the number of removed jobs.
local removed = 0
for index = 2, #ARGV do
  local ended = redis.call('ZSCORE', KEYS[1], ARGV[index])
  if ended and tonumber(ended) <= tonumber(ARGV[1]) then
    redis.call('ZREM', KEYS[1], ARGV[index])
    redis.call('UNLINK', KEYS[2 * index - 2], KEYS[2 * index - 1])
    removed = removed + 1
  end
end
return removed
