-- Stores what jobs have found, with as few commands as that takes.
-- KEYS: 1 answers  2 rows  3 states  4 events
-- ARGV: for each job five: content key, answer, resource, row, state
for at = 1, #ARGV, 5 do
  redis.call('HSET', KEYS[1], ARGV[at], ARGV[at + 1])
  redis.call('HSET', KEYS[2], ARGV[at + 2], ARGV[at + 3])
  redis.call('HSET', KEYS[3], ARGV[at + 2], ARGV[at + 4])
  redis.call('XADD', KEYS[4], 'MAXLEN', '~', 80000, '*', 'data', ARGV[at + 4])
end
