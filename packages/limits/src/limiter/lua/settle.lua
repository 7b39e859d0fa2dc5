-- Ends a granted call: corrects the levels, frees the slot, and tells the controllers how it went.
-- ARGV: 1 lease  2 kind (see types.ts)  3 input, 4 cached and 5 output tokens used, or '' when unknown
-- 6 spread of an open period in thousandths  7 pause in ms, 0 = none  8 reason of a pause, of a breaker that opens and of a
-- lower concurrency
-- 9-20 limit, remaining and rounding of each dimension as observed, '' where nothing was seen
-- 21 provider, account and model as JSON, see tell_change and index_block  22 some of these tokens are estimated 0/1
-- 23 pause in ms after a 429 that names none, made when a limit is used up
-- Returns {'settled' or 'unknown', change of the breaker or '', ms it stays open}. Unknown: settled before, or
-- its lease ran out; a pause counts all the same.
local lease, kind = ARGV[1], ARGV[2]
-- refund: what surely was not used. control and health: what the outcome says about capacity and about the
-- provider's health; a rate limit says neither as long as its headers teach the buckets.
local KINDS = {
  answered = { refund = 'none', control = 'grow', health = 'ok' },
  ['rate-limited'] = { refund = 'tokens' },
  ['ramp-limited'] = { refund = 'tokens', control = 'drop' },
  overload = { refund = 'none', control = 'drop', health = 'failed' },
  timeout = { refund = 'none', control = 'drop', health = 'failed' },
  refused = { refund = 'tokens' },
  aborted = { refund = 'none' },
  unsent = { refund = 'all' },
}
local effect = KINDS[kind]
local pause = tonumber(ARGV[7])
if pause > 0 then pause_until(NOW + pause, ARGV[8]) end

local held = redis.call('HGET', RESERVED, lease)
if not held then
  if pause > 0 then index_block(ARGV[21]) end
  save(group)
  return { 'unknown', '', 0 }
end
local reservation = unpack_numbers(held)
local is_probe = reservation[8] > 0
local in_flight = redis.call('ZCARD', LEASES)
redis.call('ZREM', LEASES, lease)
redis.call('HDEL', RESERVED, lease)
local level = reservation[18] or in_flight
evidence.note_end(reservation[5], kind == 'answered', in_flight - 1)
if not is_probe and (kind == 'unsent' or kind == 'aborted') then evidence.drop_call(level, reservation[5]) end

local actual = { reservation[1], reservation[2], reservation[3], reservation[4] }
if ARGV[3] ~= '' then
  actual = actual_costs(tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]))
elseif effect.refund == 'all' then
  actual = { 0, 0, 0, 0 }
elseif effect.refund == 'tokens' then
  -- A request that was turned down may have been counted as one.
  actual = { reservation[1], 0, 0, 0 }
end
local buckets = open_buckets()
for index, bucket in ipairs(buckets) do correct(bucket, reservation[index], actual[index]) end
correct_taken(reservation[5], reservation, kind == 'rate-limited' and { 0, 0, 0 } or actual)
local rate_binds = hidden_binds(buckets)
local before = {}
for index = 1, #DIMENSIONS do
  before[index] = { used = reservation[8 + index], flight = reservation[12 + index] }
end
local observed = observe_all(buckets, 9, before)
if kind == 'ramp-limited' then slow_ramp(buckets, reservation[5]) end
save_buckets(buckets)

if kind == 'answered' then
  -- Granted by an older version, it asked about one.
  local types = reservation[17] or 1
  -- A call about several takes as much longer as it writes more, which says nothing about one.
  if types == 1 then note_latency(NOW - reservation[5]) end
  -- An estimate corrects the levels, and teaches nothing about the next calls.
  if ARGV[3] ~= '' and ARGV[22] == '0' then
    note_usage(reservation[6], types, tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]))
  end
end
if effect.control == 'grow' then
  note_success(in_flight, reservation[5], is_probe)
  if rate_binds then put(group, 'pressed', number_of(group, 'pressed', 0) + 1) end
end
-- A 429 without limits in it: only fewer calls, a minute or at once, can find out what is allowed. If a learned rate
-- holds them up, that was too high and not the calls in flight. Without one it may be luck, and the wait that it names is
-- all that it costs, until more of them come together or regularly.
local untold = kind == 'rate-limited' and not observed
local unnamed = tonumber(ARGV[23])
local is_used_up = kind == 'rate-limited' and evidence.note_refusal(reservation[5])
if unnamed > 0 and (is_used_up or rate_binds) then
  pause = unnamed
  pause_until(NOW + pause, ARGV[8])
end
if untold and not limits_told() then
  local is_regular, is_first = evidence.note_gap(reservation[5])
  local calls_a_minute = in_flight >= GUESS_FROM and math.floor(in_flight / median_ms() * 60000) or 0
  if is_used_up or pause > 0 and not is_by_luck() and (is_regular or hidden_limit('requests')) then
    note_turned_away(reservation[5], calls_a_minute, rate_binds)
  elseif is_first and pause > 0 then
    note_first_429(calls_a_minute)
  end
end
-- A probe of an open breaker is alone, so its failure says nothing about how many are too many. Nor does a ramp limit
-- where a rate can be slowed down.
local is_drop = effect.control == 'drop' and not (kind == 'ramp-limited' and buckets[1].limit)
if not is_probe and (is_drop or untold and not rate_binds) then
  evidence.note_failure(level, reservation[5])
  note_overload(in_flight, {
    at_door = kind == 'overload' and NOW - reservation[5] <= median_ms() / 2,
    is_late = reservation[7] ~= number_of(breaker, 'epoch', 0),
    is_stated = kind == 'ramp-limited',
    reason = ARGV[8],
  })
end
local change, open_ms = leave_breaker(reservation[7], reservation[8], effect.health, tonumber(ARGV[6]), ARGV[8])
tell_change(ARGV[21], change, open_ms)
if pause > 0 or is_probe or change ~= '' then index_block(ARGV[21]) end
-- Who is alone and fails was not too many: it was an outage.
if is_probe and change == 'open' and was_alone(in_flight) then note_outage() end
if change == 'closed' then end_trouble() end
save(group)
save(breaker)
save(estimates)
return { 'settled', change, open_ms }
