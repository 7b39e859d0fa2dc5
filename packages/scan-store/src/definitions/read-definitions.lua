-- Reads definitions and extends their TTL.
-- KEYS: definitions  ARGV: 1 TTL in seconds  2 age in seconds below which the TTL is left as it is
-- Returns the text of each definition, or false when it is absent.
local keep, spare = tonumber(ARGV[1]), tonumber(ARGV[2])
local texts = redis.call('MGET', unpack(KEYS))
for index, text in ipairs(texts) do
  -- Most definitions were written for this scan. Extending each TTL by minutes would add a write to every read.
  if text and redis.call('TTL', KEYS[index]) < keep - spare then redis.call('EXPIRE', KEYS[index], keep) end
end
return texts
