-- Finds the holder of the lease of a content key. Loaded before the scripts that call it.
-- A lease is a hash: owner (one attempt), worker, scan, until (ms). The key expires later than `until`, so a holder whose
-- renewals are late keeps its lease.
local time = redis.call('TIME')
local NOW_MS = time[1] * 1000 + math.floor(time[2] / 1000)
-- A stall of Redis interrupts the heartbeats of live workers. They return within one heartbeat interval and a reconnect;
-- until then no lease is taken over.
local STEADY_MS = 10000

-- `alive` holds the keys of live workers (`workers`), of the run of heartbeats (`steady`) and of unfinished scans (`scans`).
-- `silent_ms` is the worker timeout. Returns {owner, scan, ms until the lease may be taken over}, or nil when it is free or
-- its owner is gone.
local function find_holder(lease_key, alive, silent_ms)
  local owner, worker, scan, held_until = unpack(redis.call('HMGET', lease_key, 'owner', 'worker', 'scan', 'until'))
  if not owner or redis.call('HEXISTS', alive.scans, scan) == 0 then return nil end
  local heard_at = tonumber(redis.call('ZSCORE', alive.workers, worker) or '0')
  local ends_at = math.max(tonumber(held_until), heard_at + silent_ms)
  if ends_at <= NOW_MS then
    local steady_since = tonumber(redis.call('GET', alive.steady) or '') or NOW_MS
    ends_at = steady_since + STEADY_MS
  end
  if ends_at <= NOW_MS then return nil end
  return { owner, scan, ends_at - NOW_MS }
end

-- Tests whether a caller may use a stored answer. `only_of`: the only scan whose answers may be used, or '' for any.
local function is_usable(result, only_of)
  if only_of == '' then return true end
  local readable, stored = pcall(cjson.decode, result)
  return readable and type(stored) == 'table' and stored.scanId == only_of
end
