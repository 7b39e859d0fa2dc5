-- A call failed. Counts the faults in a row and gives the verdict on the route.
-- ARGV: 1 endpoint  2 fault_class: 'permanent', 'transient' or 'refused'  3 signature  4 problem (JSON)
-- 5 ms after which transient faults alone are a verdict, 0 = never
-- Returns {verdict, identical faults in a row, ms since the first fault}; verdict: 'outage' (it was answered well within
-- a day, and it is an outage), 'undecided', 'misconfigured' or 'refused'.
local endpoint, fault_class, signature, problem, patience = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
local IDENTICAL, IDENTICAL_ALONE, LASTING, PASSING = 5, 3, 20, 5
local PAUSING_MS = 5000

local health, proven = load(endpoint)
local since = tonumber(health.since) or NOW
local same, permanent, transient = tonumber(health.same) or 0, tonumber(health.permanent) or 0, tonumber(health.transient) or 0
local verdict = health.verdict
if fault_class == 'transient' then
  -- Something else than before: the server is there and not ready.
  transient, same, signature, verdict = transient + 1, 0, '', nil
else
  if health.signature ~= signature then
    same, verdict = 0, nil
  end
  same, permanent = same + 1, permanent + 1
end

-- Its own lease is gone. When no other call is in flight, none can bring a good answer.
local function is_alone() return redis.call('ZCOUNT', LEASES, '(' .. string.format('%.0f', NOW), '+inf') == 0 end

if fault_class == 'refused' then
  verdict = 'refused'
elseif proven then
  verdict = nil
elseif fault_class == 'permanent' then
  if same >= IDENTICAL or permanent >= LASTING or (same >= IDENTICAL_ALONE and is_alone()) then verdict = 'misconfigured' end
elseif patience > 0 and transient >= PASSING and NOW - since >= patience then
  verdict = 'misconfigured'
end

save(endpoint, 'problem', problem, 'lastAt', NOW, 'faultAt', NOW, 'since', since, 'permanent', permanent, 'transient', transient,
  'same', same, 'signature', signature, 'verdict', verdict or '')
-- With a verdict the scan of this call is about to be paused: none of its other calls becomes the next trial meanwhile.
if verdict then redis.call('SET', TRIAL, '1', 'PX', PAUSING_MS) else redis.call('DEL', TRIAL) end
return { verdict or (proven and 'outage' or 'undecided'), same, NOW - since }
