-- Records a failed call: counts faults in a row and derives the verdict.
-- ARGV: 1 endpoint  2 fault class: 'permanent', 'transient' or 'refused'  3 signature  4 problem (JSON)
-- 5 ms after which transient faults alone lead to a verdict, 0 = never
-- Returns {verdict, identical faults in a row, ms since the first fault}. Verdict: 'outage' (a call succeeded within a
-- day), 'undecided', 'misconfigured' or 'refused'.
local endpoint, fault_class, signature, problem = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local max_transient_ms = tonumber(ARGV[5])
-- Faults that suffice for `misconfigured`: identical ones, identical ones without another call in flight, permanent ones
-- of any signature, transient ones.
local MIN_IDENTICAL, MIN_IDENTICAL_ALONE, MIN_PERMANENT, MIN_TRANSIENT = 5, 3, 20, 5
-- Longer than it takes to pause a scan.
local PAUSING_MS = 5000

local health, has_succeeded = load(endpoint)
local since, verdict = tonumber(health.since) or NOW, health.verdict
local identical = tonumber(health.identical) or 0
local permanent, transient = tonumber(health.permanent) or 0, tonumber(health.transient) or 0
if fault_class == 'transient' then
  -- The server responds and is not ready: an earlier verdict no longer applies.
  transient, identical, signature, verdict = transient + 1, 0, '', nil
else
  if health.signature ~= signature then
    identical, verdict = 0, nil
  end
  identical, permanent = identical + 1, permanent + 1
end

-- The lease of this call is released. Without another call in flight, no success can follow.
local function is_alone() return redis.call('ZCOUNT', LEASES, '(' .. string.format('%.0f', NOW), '+inf') == 0 end

if fault_class == 'refused' then
  verdict = 'refused'
elseif has_succeeded then
  verdict = nil
elseif fault_class == 'permanent' then
  local is_repeated = identical >= MIN_IDENTICAL or permanent >= MIN_PERMANENT
  if is_repeated or (identical >= MIN_IDENTICAL_ALONE and is_alone()) then verdict = 'misconfigured' end
elseif max_transient_ms > 0 and transient >= MIN_TRANSIENT and NOW - since >= max_transient_ms then
  verdict = 'misconfigured'
end

save(endpoint, 'problem', problem, 'lastAt', NOW, 'faultAt', NOW, 'since', since, 'permanent', permanent,
  'transient', transient, 'identical', identical, 'signature', signature, 'verdict', verdict or '')
-- A verdict pauses the scan of this call. Until then no other call of that scan becomes the next trial.
if verdict then redis.call('SET', TRIAL, '1', 'PX', PAUSING_MS) else redis.call('DEL', TRIAL) end
return { verdict or (has_succeeded and 'outage' or 'undecided'), identical, NOW - since }
