-- One look; changes nothing.
-- Returns {now, answeredAt or '', when the last fault came or '', problem (JSON) or '', verdict or '', identical faults in a row}.
local flat = redis.call('HMGET', HEALTH, 'answeredAt', 'faultAt', 'problem', 'verdict', 'same', 'lastAt')
local counts = is_fresh(flat[2])
local answered_at = tonumber(flat[1]) or 0
return { NOW, NOW - answered_at < DAY_MS and flat[1] or '', flat[6] or '', flat[3] or '',
  counts and flat[4] or '', counts and tonumber(flat[5]) or 0 }
