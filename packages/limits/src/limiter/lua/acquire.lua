-- Grants a call in all dimensions at once, or changes none of them and returns how long to wait.
-- Arguments: lease, ttlMs, characters (of the prompt), maxOutputTokens, types (in the prompt), maxWaitMs (a caller
-- that would wait longer gets no queue entry), pollMs (interval of its polls), indexName (see breaker.publish).
-- Returns {'granted', epoch, granted at, change of the breaker or '', four costs}, {'wait', ms, reason}, or
-- {'unconfigured'} before the first configure.
-- Fields: wait:because and wait:until of the head of the wait queue: what it waits for, and the end of the wait.
-- Time by which a poll may be late before the queue entry expires.
local GRACE_MS = 1000
if not limits.fields['config:set'] then return { 'unconfigured' } end

local function granted(reservation, change)
  local reply = { 'granted', reservation.epoch, reservation.grantedAt, change }
  for _, name in ipairs(DIMENSIONS) do reply[#reply + 1] = reservation['cost:' .. name] end
  return reply
end

-- The client library repeats a command if its reply was lost.
local held = redis.call('HGET', RESERVATIONS, args.lease)
if held then return granted(unpack_record(held), '') end

expire_leases()
local buckets = open_learned_buckets()
local costs = estimate_costs(args.characters, args.maxOutputTokens, args.types)

-- The costs of entries ahead are set aside: a later caller may pass only with the rest. So no caller starves, and a dead
-- one blocks no more than its own cost until its entry expires.
local position
local entries = {}
local flat = redis.call('HGETALL', QUEUE)
for index = 1, #flat, 2 do
  local lease, entry = flat[index], unpack_record(flat[index + 1])
  if lease == args.lease then position = entry.position
  elseif entry.expiresAt <= NOW then redis.call('HDEL', QUEUE, lease)
  else entries[#entries + 1] = entry end
end
local set_aside, entries_ahead = {}, 0
for _, entry in ipairs(entries) do
  if not position or entry.position < position then
    entries_ahead = entries_ahead + 1
    for _, bucket in ipairs(buckets) do
      if bucket.limit then
        set_aside[bucket.name] = (set_aside[bucket.name] or 0) + units_for(bucket, entry['cost:' .. bucket.name])
      end
    end
  end
end

local wait, because = 0, nil
local function consider(ms, reason)
  if ms > wait then wait, because = ms, reason end
end
consider(paused_until() - NOW, 'paused')
consider(breaker.wait(), 'breaker')
local is_blocked = wait > 0
for _, bucket in ipairs(buckets) do
  if bucket.limit then
    local units = (set_aside[bucket.name] or 0) + units_for(bucket, costs[bucket.name])
    consider(refill_wait(bucket, units), bucket.name)
  end
end
local in_flight = redis.call('ZCARD', LEASES)
if in_flight + entries_ahead >= math.floor(aimd.limit()) then consider(aimd.slot_wait(), 'concurrency') end

local function record_of_costs(record)
  for _, name in ipairs(DIMENSIONS) do record['cost:' .. name] = costs[name] end
  return record
end

if wait > 0 then
  -- During a pause or an open breaker an entry would set tokens aside that it cannot use.
  if is_blocked or wait > args.maxWaitMs then
    redis.call('HDEL', QUEUE, args.lease)
  else
    if not position then
      position = number_of(limits, 'queue:lastPosition', 0) + 1
      put(limits, 'queue:lastPosition', position)
    end
    local expiry = NOW + math.min(wait, args.pollMs) + GRACE_MS
    redis.call('HSET', QUEUE, args.lease, pack_record(record_of_costs({ position = position, expiresAt = expiry })))
    redis.call('PEXPIRE', QUEUE, KEEP_MS)
  end
  if entries_ahead == 0 and not is_blocked then
    put(limits, 'wait:because', because)
    put(limits, 'wait:until', NOW + wait)
  end
  save(limits)
  return { 'wait', wait, because }
end

if number_of(limits, 'wait:until', 0) > NOW then put(limits, 'wait:until', NOW) end
local probe, change = breaker.enter(args.ttlMs)
breaker.publish(args.indexName, change, 0)
if probe > 0 then index_block(args.indexName) end
local reservation = record_of_costs({
  grantedAt = NOW, characters = args.characters, types = args.types, concurrency = in_flight + 1,
  epoch = breaker.epoch(), probe = probe,
})
for _, bucket in ipairs(buckets) do
  reserve(bucket, costs[bucket.name])
  reservation['used:' .. bucket.name] = bucket.used
  reservation['inFlight:' .. bucket.name] = bucket.in_flight
end
if probe == 0 then evidence.record_call(in_flight + 1) end
rates.record_usage(costs)
redis.call('HDEL', QUEUE, args.lease)
redis.call('ZADD', LEASES, NOW + args.ttlMs, args.lease)
redis.call('HSET', RESERVATIONS, args.lease, pack_record(reservation))
for _, key in ipairs({ LEASES, RESERVATIONS }) do redis.call('PEXPIRE', key, KEEP_MS) end
save_buckets(buckets)
save(limits)
breaker.save()
return granted(reservation, change)
