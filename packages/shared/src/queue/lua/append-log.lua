-- Appends lines to the log of a job, as the queue library keeps it, unless the job was removed.
-- KEYS: 1 the job  2 its log  ARGV: 1 most lines kept  2.. lines
-- Returns how many lines the log has, 0 without a job.
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local length = redis.call('RPUSH', KEYS[2], unpack(ARGV, 2))
local most = tonumber(ARGV[1])
if length <= most then return length end
redis.call('LTRIM', KEYS[2], -most, -1)
return most
