-- Appends lines to the logs of jobs, in BullMQ's format. A removed job gets no log.
-- KEYS: pairs: a job, its log
-- ARGV: 1 maximum number of lines in a log  2.. for each pair: the number of lines, then the lines
-- Returns the number of lines of each log, 0 for a removed job.
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
