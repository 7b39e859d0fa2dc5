-- A call failed. Counts the faults in a row and gives the verdict on the route.
-- ARGV: 1 endpoint  2 nature: 'lasting', 'passing' or 'refused'  3 signature  4 problem (JSON)
-- 5 ms after which passing faults alone are a verdict, 0 = never
-- Returns {verdict, identical faults in a row, ms since the first fault}; verdict: 'proven' (it was answered well within
-- a day, and it is an outage), 'counting', 'misconfigured' or 'refused'.
local endpoint, nature, signature, problem, patience = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
local IDENTICAL, IDENTICAL_ALONE, LASTING, PASSING = 5, 3, 20, 5
local PAUSING_MS = 5000

local health, proven = load(endpoint)
local since = tonumber(health.since) or NOW
local same, lasting, passing = tonumber(health.same) or 0, tonumber(health.lasting) or 0, tonumber(health.passing) or 0
local verdict = health.verdict
if nature == 'passing' then
  -- Something else than before: the server is there and not ready.
  passing, same, signature, verdict = passing + 1, 0, '', nil
else
  if health.signature ~= signature then
    same, verdict = 0, nil
  end
  same, lasting = same + 1, lasting + 1
end

-- Its own lease is gone. When no other call is in flight, none can bring a good answer.
local function is_alone() return redis.call('ZCOUNT', LEASES, '(' .. string.format('%.0f', NOW), '+inf') == 0 end

if nature == 'refused' then
  verdict = 'refused'
elseif proven then
  verdict = nil
elseif nature == 'lasting' then
  if same >= IDENTICAL or lasting >= LASTING or (same >= IDENTICAL_ALONE and is_alone()) then verdict = 'misconfigured' end
elseif patience > 0 and passing >= PASSING and NOW - since >= patience then
  verdict = 'misconfigured'
end

save(endpoint, 'problem', problem, 'lastAt', NOW, 'faultAt', NOW, 'since', since, 'lasting', lasting, 'passing', passing,
  'same', same, 'signature', signature, 'verdict', verdict or '')
-- With a verdict the scan of this call is about to be paused: none of its other calls becomes the next trial meanwhile.
if verdict then redis.call('SET', TRIAL, '1', 'PX', PAUSING_MS) else redis.call('DEL', TRIAL) end
return { verdict or (proven and 'proven' or 'counting'), same, NOW - since }
