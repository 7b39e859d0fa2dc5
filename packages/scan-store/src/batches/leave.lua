-- Takes a question away that waits for a batch. In a batch it stays: the provider has it.
-- KEYS: 1 places  ARGV: 1 resource
-- Returns 1 when it waited.
local place = redis.call('HGET', KEYS[1], ARGV[1])
if not place or cjson.decode(place).batch ~= cjson.null then return 0 end
return redis.call('HDEL', KEYS[1], ARGV[1])
