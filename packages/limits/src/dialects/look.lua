-- Reads how an endpoint has to be asked, and takes the negotiation when one is due and no other call has it.
-- KEYS: 1 dialects (hash)  2 lease
-- ARGV: 1 field  2 owner  3 lease in ms  4 ms after which a learned dialect is due for renewal
--       5 ms for which all other states hold  6 a dialect that was just refused, or ''
--       7 '1' when calls do not wait for a first answer  8 '1' when a negotiation that failed is repeated
-- Returns { 'known' | 'mine' | 'busy', entry or '', ms that the lease of another call lasts }.
local now = clock()
local text = redis.call('HGET', KEYS[1], ARGV[1])
local entry = text and cjson.decode(text)
local age = entry and now - entry.atMs
if entry and entry.state ~= 'learned' and age >= tonumber(ARGV[5]) then
  text, entry = false, nil
end

local function isDue()
  local refused, isAssumed, isForced = ARGV[6], ARGV[7] == '1', ARGV[8] == '1'
  if not entry then return refused ~= '' or not isAssumed end
  if entry.state == 'trying' then return true end
  if entry.state == 'failed' then return isForced end
  if refused ~= '' then return refused == entry.dialect end
  return entry.state == 'learned' and age >= tonumber(ARGV[4])
end

if not isDue() then return { 'known', text or '', 0 } end
if redis.call('SET', KEYS[2], ARGV[2], 'NX', 'PX', ARGV[3]) then return { 'mine', text or '', 0 } end
return { 'busy', text or '', redis.call('PTTL', KEYS[2]) }
