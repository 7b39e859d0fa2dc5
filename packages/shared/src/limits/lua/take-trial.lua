-- Asks whether a call may be sent. While a verdict stands, calls go out one at a time until one is answered well.
-- ARGV: 1 endpoint  2 ms that a trial lasts at most
-- Returns {'free'}, {'trial'}, or {'wait', problem (JSON)}.
local health = load(ARGV[1])
if not health.verdict then return { 'free' } end
if redis.call('SET', TRIAL, '1', 'PX', ARGV[2], 'NX') then return { 'trial' } end
return { 'wait', health.problem or '' }
