-- Decides whether a call may be sent. While there is a verdict, calls are sent one at a time until one succeeds.
-- ARGV: 1 endpoint  2 maximum ms of a trial  3 ms since the job of the call started
-- Returns {'free'}, {'trial'}, or {'wait', problem (JSON)}.
local endpoint, trial_ms, job_age_ms = ARGV[1], ARGV[2], tonumber(ARGV[3])
local health = load(endpoint)
if not health.verdict then return { 'free' } end
-- The last fault may pause the scan of a job that started before it: the job has to check its scan first.
local is_stale = tonumber(health.faultAt) >= NOW - job_age_ms
if not is_stale and redis.call('SET', TRIAL, '1', 'PX', trial_ms, 'NX') then return { 'trial' } end
return { 'wait', health.problem or '' }
