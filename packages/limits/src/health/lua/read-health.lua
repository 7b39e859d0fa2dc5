-- Reads the health; changes nothing.
-- Returns {now, answeredAt or '', time of the last fault or '', problem (JSON) or '', verdict or '', identical faults in a row}.
local fields = redis.call('HMGET', HEALTH, 'answeredAt', 'faultAt', 'problem', 'verdict', 'identical', 'lastAt')
local answered_at, fault_at, problem, verdict, identical, last_at = unpack(fields)
local counts = is_recent(fault_at)
local is_recent_answer = NOW - (tonumber(answered_at) or 0) < DAY_MS
return { NOW, is_recent_answer and answered_at or '', last_at or '', problem or '',
  counts and verdict or '', counts and tonumber(identical) or 0 }
