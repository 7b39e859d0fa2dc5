-- Asks whether a call may be sent. While a verdict stands, calls go out one at a time until one is answered well.
-- ARGV: 1 endpoint  2 ms that a trial lasts at most  3 ms since the start of the call's job
-- Returns {'free'}, {'trial'}, or {'wait', problem (JSON)}.
local health = load(ARGV[1])
if not health.verdict then return { 'free' } end
-- A job from before the last fault may be of the scan which that fault pauses: it has to look at its scan again.
local is_stale = tonumber(health.faultAt) >= NOW - tonumber(ARGV[3])
if not is_stale and redis.call('SET', TRIAL, '1', 'PX', ARGV[2], 'NX') then return { 'trial' } end
return { 'wait', health.problem or '' }
