-- Removes a question that waits for a batch. A question in a submitted batch stays, because the provider will answer it.
-- KEYS: 1 questions  ARGV: 1 resource
-- Returns 1 when the question waited, else 0.
local place = redis.call('HGET', KEYS[1], ARGV[1])
if not place or cjson.decode(place).batch ~= cjson.null then return 0 end
return redis.call('HDEL', KEYS[1], ARGV[1])
