-- Grants a call from all dimensions at once, or changes none of them and says how long to wait.
-- ARGV: 1 lease  2 ttl in ms  3 characters of the prompt  4 most output tokens  5 patience in ms: a caller that
-- would wait longer gets no place in the line  6 poll in ms: how long its place is kept  7 types it asks about
-- 8 provider, account and model as JSON, see tell_change and index_block
-- Returns {'granted', epoch, granted at, change of the breaker or '', four costs}, {'wait', ms, because}, or
-- {'unconfigured'} when nobody has said what the operator allows.
local lease, ttl = ARGV[1], tonumber(ARGV[2])
-- Time to come back late before the place in the line is lost.
local GRACE_MS = 1000
if not group.fields.configured then return { 'unconfigured' } end

local function granted(numbers, change)
  return { 'granted', numbers[7], numbers[5], change, numbers[1], numbers[2], numbers[3], numbers[4] }
end

-- The client library sends a command again when its answer was lost.
local held = redis.call('HGET', RESERVED, lease)
if held then return granted(unpack_numbers(held), '') end

expire_leases()
local buckets = learned_buckets()
local types = tonumber(ARGV[7])
local costs = costs_of(tonumber(ARGV[3]), tonumber(ARGV[4]), types)

-- What callers ahead wait for is set aside for them: whoever comes later may pass with the rest. So nobody
-- starves, and a dead caller holds up nothing but its own cost until its place expires.
local ticket
local places = {}
local line = redis.call('HGETALL', LINE)
for index = 1, #line, 2 do
  local place = unpack_numbers(line[index + 1])
  if line[index] == lease then ticket = place[1]
  elseif place[2] <= NOW then redis.call('HDEL', LINE, line[index])
  else places[#places + 1] = place end
end
local aside, ahead = { 0, 0, 0, 0 }, 0
for _, place in ipairs(places) do
  if not ticket or place[1] < ticket then
    ahead = ahead + 1
    for index, bucket in ipairs(buckets) do
      if bucket.limit then aside[index] = aside[index] + needed(bucket, place[2 + index]) end
    end
  end
end

local wait, because = 0, nil
local function consider(ms, reason)
  if ms > wait then wait, because = ms, reason end
end
local held_up = math.max(number_of(group, 'pauseUntil', 0) - NOW, breaker_wait()) > 0
consider(number_of(group, 'pauseUntil', 0) - NOW, 'paused')
consider(breaker_wait(), 'breaker')
for index, bucket in ipairs(buckets) do
  if bucket.limit then consider(refill_wait(bucket, aside[index] + needed(bucket, costs[index])), bucket.name) end
end
local in_flight = redis.call('ZCARD', LEASES)
if in_flight + ahead >= math.floor(concurrency()) then consider(slot_wait(), 'concurrency') end

if wait > 0 then
  -- Who is held up by a pause or a breaker needs no place: it could not use what is set aside.
  if held_up or wait > tonumber(ARGV[5]) then
    redis.call('HDEL', LINE, lease)
  else
    if not ticket then
      ticket = number_of(group, 'ticket', 0) + 1
      put(group, 'ticket', ticket)
    end
    local expiry = NOW + math.min(wait, tonumber(ARGV[6])) + GRACE_MS
    redis.call('HSET', LINE, lease, pack_numbers({ ticket, expiry, unpack(costs) }))
    redis.call('PEXPIRE', LINE, KEEP_MS)
  end
  save(group)
  return { 'wait', wait, because }
end

local probe, change = enter_breaker(ttl)
tell_change(ARGV[8], change, 0)
if probe > 0 then index_block(ARGV[8]) end
local numbers = { costs[1], costs[2], costs[3], costs[4], NOW, tonumber(ARGV[3]), number_of(breaker, 'epoch', 0), probe }
for index, bucket in ipairs(buckets) do
  reserve(bucket, costs[index])
  numbers[8 + index] = bucket.used
  numbers[12 + index] = bucket.flight
end
numbers[17] = types
numbers[18] = in_flight + 1
if probe == 0 then evidence.note_call(in_flight + 1) end
note_taken(costs)
redis.call('HDEL', LINE, lease)
redis.call('ZADD', LEASES, NOW + ttl, lease)
redis.call('HSET', RESERVED, lease, pack_numbers(numbers))
for _, key in ipairs({ LEASES, RESERVED }) do redis.call('PEXPIRE', key, KEEP_MS) end
save_buckets(buckets)
save(group)
save(breaker)
return granted(numbers, change)
