-- Reads definitions and keeps those alive that are asked for.
-- KEYS: one a definition  ARGV: 1 seconds to keep them  2 seconds that may pass before one is kept anew
-- Returns each text, or false for one that is not there.
local keep, spare = tonumber(ARGV[1]), tonumber(ARGV[2])
local texts = redis.call('MGET', unpack(KEYS))
for index, text in ipairs(texts) do
  -- Most were written for this very scan: moving the end of each by minutes would be a write for every read.
  if text and redis.call('TTL', KEYS[index]) < keep - spare then redis.call('EXPIRE', KEYS[index], keep) end
end
return texts
