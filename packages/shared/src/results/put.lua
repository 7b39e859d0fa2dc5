-- Stores answers and gives the leases of their payers back.
-- KEYS: for each answer two: result, lease
-- ARGV: 1 seconds to keep them  2.. for each answer two: result (JSON), owner of the lease, or ''
-- Returns how many there were.
for index = 1, #KEYS / 2 do
  local result_key, lease_key = KEYS[2 * index - 1], KEYS[2 * index]
  local result, owner = ARGV[2 * index], ARGV[2 * index + 1]
  redis.call('SET', result_key, result, 'EX', ARGV[1])
  if owner ~= '' and redis.call('GET', lease_key) == owner then redis.call('DEL', lease_key) end
end
return #KEYS / 2
