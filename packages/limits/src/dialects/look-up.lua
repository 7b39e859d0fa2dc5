-- Reads the dialect of an endpoint. Acquires the lease to negotiate it if a negotiation is due and no other call has the lease.
-- KEYS: 1 dialects (hash)  2 lease
-- ARGV: 1 field  2 owner  3 lease in ms  4 ms after which a learned dialect is due for renewal
-- 5 ms after which any other state expires  6 the dialect that was just refused, or ''
-- 7 '1' if calls do not wait for a first answer  8 '1' if a failed negotiation is repeated
-- Returns {'known' | 'acquired' | 'busy', entry (JSON) or '', remaining ms of the lease of another call}.
local DIALECTS, LEASE = KEYS[1], KEYS[2]
local field, owner, lease_ms = ARGV[1], ARGV[2], ARGV[3]
local renew_after_ms, expire_after_ms = tonumber(ARGV[4]), tonumber(ARGV[5])
local refused, is_assumed, is_forced = ARGV[6], ARGV[7] == '1', ARGV[8] == '1'
local now = clock()
local text = redis.call('HGET', DIALECTS, field)
local entry = text and cjson.decode(text)
local age = entry and now - entry.atMs
if entry and entry.state ~= 'learned' and age >= expire_after_ms then
  text, entry = false, nil
end

local function is_due()
  if not entry then return refused ~= '' or not is_assumed end
  if entry.state == 'trying' then return true end
  if entry.state == 'failed' then return is_forced end
  if refused ~= '' then return refused == entry.dialect end
  return entry.state == 'learned' and age >= renew_after_ms
end

if not is_due() then return { 'known', text or '', 0 } end
if redis.call('SET', LEASE, owner, 'NX', 'PX', lease_ms) then return { 'acquired', text or '', 0 } end
return { 'busy', text or '', redis.call('PTTL', LEASE) }
