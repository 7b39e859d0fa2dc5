-- Ends a permitted call: settles the buckets, frees the slot, and passes the outcome to the controllers.
-- Arguments: lease, kind (see CallFailureKind in types.ts; 'answered'), usage (inputTokens, cachedTokens, outputTokens; missing
-- if unknown), isEstimated (true if the usage is estimated), observed (limit, remaining and roundedTo by dimension), pauseMs (0 = none),
-- defaultPauseMs (after a 429 without Retry-After, if a limit is exhausted), jitter (factor of an open period, in thousandths), reason (error text),
-- indexName (see breaker.publish).
-- Returns {'settled' or 'unknown', change of the breaker or '', ms that it stays open}. Unknown: settled before, or the
-- lease expired; the pause applies all the same.
-- refund: the part of the reservation that was certainly not used. aimd and health: what the outcome means for the concurrency
-- limit and for the breaker. A rate limit means nothing to either, as long as its headers correct the buckets.
local EFFECTS = {
  answered = { refund = 'none', aimd = 'increase', health = 'ok' },
  ['rate-limited'] = { refund = 'tokens' },
  ['ramp-limited'] = { refund = 'tokens', aimd = 'decrease' },
  overload = { refund = 'none', aimd = 'decrease', health = 'failed' },
  timeout = { refund = 'none', aimd = 'decrease', health = 'failed' },
  refused = { refund = 'tokens' },
  aborted = { refund = 'none' },
  unsent = { refund = 'all' },
}
local kind, effect = args.kind, EFFECTS[args.kind]
local is_rate_limited, is_ramp_limited = kind == 'rate-limited', kind == 'ramp-limited'
local pause = args.pauseMs
if pause > 0 then pause_until(NOW + pause, args.reason) end

local held = redis.call('HGET', RESERVATIONS, args.lease)
if not held then
  if pause > 0 then index_block(args.indexName) end
  save(limits)
  return { 'unknown', '', 0 }
end
local reservation = unpack_record(held)
local granted_at, is_probe = reservation.grantedAt, reservation.probe > 0
local in_flight = redis.call('ZCARD', LEASES)
redis.call('ZREM', LEASES, args.lease)
redis.call('HDEL', RESERVATIONS, args.lease)
evidence.record_end(granted_at, kind == 'answered', in_flight - 1)
if not is_probe and (kind == 'unsent' or kind == 'aborted') then evidence.remove_call(reservation.concurrency, granted_at) end

local function costs_of_nothing(requests)
  return { requests = requests, ['input-tokens'] = 0, ['output-tokens'] = 0, tokens = 0 }
end
local reserved, at_grant = {}, {}
for _, name in ipairs(DIMENSIONS) do
  reserved[name] = reservation['cost:' .. name]
  at_grant[name] = { used = reservation['used:' .. name], in_flight = reservation['inFlight:' .. name] }
end
local actual = reserved
if args.usage then
  actual = actual_costs(args.usage)
elseif effect.refund == 'all' then
  actual = costs_of_nothing(0)
elseif effect.refund == 'tokens' then
  -- A refused request may count as a request.
  actual = costs_of_nothing(reserved.requests)
end
local buckets = open_buckets()
for _, bucket in ipairs(buckets) do settle_bucket(bucket, reserved[bucket.name], actual[bucket.name]) end
rates.correct_usage(granted_at, reserved, is_rate_limited and costs_of_nothing(0) or actual)
local is_rate_bound = rates.are_binding(buckets)
local is_observed = observe_buckets(buckets, args.observed, at_grant)
if is_ramp_limited then slow_down_ramp(buckets, granted_at) end
save_buckets(buckets)

if kind == 'answered' then
  -- A multi-type prompt takes longer because it generates more, so its latency shows nothing about a single call.
  if reservation.types == 1 then record_latency(NOW - granted_at) end
  -- Estimated usage settles the buckets, but does not train the estimates.
  if args.usage and not args.isEstimated then record_usage(reservation.characters, reservation.types, args.usage) end
end
if effect.aimd == 'increase' then
  aimd.record_success(in_flight, granted_at, is_probe)
  if is_rate_bound then rates.count_answer() end
end
-- A 429 without limits in its headers: only fewer calls, per minute or at once, can find the limit. If a learned rate
-- delays calls, the rate was too high and not the concurrency. Without a learned rate the 429 may be a chance event,
-- which costs only the pause that it states, until several come together or at regular intervals.
local is_unstated = is_rate_limited and not is_observed
local is_exhausted = is_rate_limited and evidence.record_rejection(granted_at)
if args.defaultPauseMs > 0 and (is_exhausted or is_rate_bound) then
  pause = args.defaultPauseMs
  pause_until(NOW + pause, args.reason)
end
if is_unstated and not rates.are_stated() then
  local is_rare = evidence.record_gap(granted_at)
  if is_exhausted or pause > 0 and not rates.are_by_chance() then
    rates.record_429(granted_at, {
      calls_per_minute = rates.calls_per_minute(in_flight), is_bound = is_rate_bound,
      is_exhausted = is_exhausted, is_rare = is_rare,
    })
  end
end
-- A breaker probe runs alone, so its failure shows nothing about too many calls. Nor does a ramp limit where the request
-- rate can be lowered instead.
local has_request_limit = buckets[1].limit
local is_decrease = effect.aimd == 'decrease' and not (is_ramp_limited and has_request_limit)
if not is_probe and (is_decrease or is_unstated and not is_rate_bound) then
  evidence.record_failure(reservation.concurrency, granted_at)
  aimd.record_overload(in_flight, {
    is_early = kind == 'overload' and NOW - granted_at <= median_ms() / 2,
    is_late = reservation.epoch ~= breaker.epoch(),
    is_stated = is_ramp_limited,
    reason = args.reason,
  })
end
local change, open_ms = breaker.leave(reservation, effect.health, args.jitter, args.reason)
breaker.publish(args.indexName, change, open_ms)
if pause > 0 or is_probe or change ~= '' then index_block(args.indexName) end
-- A probe that fails alone shows an outage, not too many calls.
if is_probe and change == 'open' and aimd.is_probe_below_ceiling(in_flight) then aimd.record_outage() end
if change == 'closed' then aimd.end_trouble() end
save(limits)
breaker.save()
save(estimates)
return { 'settled', change, open_ms }
