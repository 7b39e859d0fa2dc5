-- Appends lines to the logs of jobs, as the queue library keeps them, unless a job was removed.
-- KEYS: pairs: a job, its log
-- ARGV: 1 most lines kept of a log  2.. for each pair: the number of its lines, then the lines
-- Returns how many lines each log has, 0 without a job.
local most = tonumber(ARGV[1])
local lengths, place = {}, 2
for index = 1, #KEYS, 2 do
  local job, log, count, length = KEYS[index], KEYS[index + 1], tonumber(ARGV[place]), 0
  if redis.call('EXISTS', job) == 1 then
    length = redis.call('RPUSH', log, unpack(ARGV, place + 1, place + count))
    if length > most then
      redis.call('LTRIM', log, -most, -1)
      length = most
    end
  end
  lengths[#lengths + 1] = length
  place = place + count + 1
end
return lengths
