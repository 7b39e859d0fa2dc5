-- Stores answers, releases their leases and removes their unfinished answers.
-- KEYS: for each answer three: result, lease, unfinished answer
-- ARGV: 1 TTL in seconds  2.. for each answer two: result (JSON), owner of the lease or ''
-- Returns the number of answers.
for index = 1, #KEYS / 3 do
  local result_key, lease_key, unfinished_key = unpack(KEYS, 3 * index - 2, 3 * index)
  local result, owner = ARGV[2 * index], ARGV[2 * index + 1]
  redis.call('SET', result_key, result, 'EX', ARGV[1])
  redis.call('DEL', unfinished_key)
  if owner ~= '' and redis.call('HGET', lease_key, 'owner') == owner then redis.call('DEL', lease_key) end
end
return #KEYS / 3
