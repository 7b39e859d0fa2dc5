-- Reads a consistent snapshot; changes nothing.
-- Returns {now, {configured, observed, limit, capacity, used} of each dimension ('' = none, the last two in units),
-- {concurrency limit, maximum, in flight, waiting, expired leases, decrease reason or ''}, {ms paused, reason},
-- {state, epoch, ms open, ms unhealthy, reason}, {median ms or '', variance},
-- {characters per token, output, cached}, {reason or '', ms} of the wait of calls}. Fractions are texts.
local function text(number) return number and string.format('%.17g', number) or '' end
local dimensions = {}
for index, bucket in ipairs(open_buckets()) do
  local prefix = 'bucket:' .. bucket.name
  dimensions[index] = {
    text(number_of(limits, prefix .. ':configured')), text(number_of(limits, prefix .. ':observed')),
    text(bucket.limit), text(bucket.capacity), text(bucket.used),
  }
end
local waiting = 0
for _, entry in ipairs(redis.call('HVALS', QUEUE)) do
  if unpack_record(entry).expiresAt > NOW then waiting = waiting + 1 end
end
local expired = redis.call('ZCOUNT', LEASES, '-inf', NOW)
local limit, max = aimd.limit(), number_of(limits, 'aimd:max', 0)
local state = breaker.state()
local wait_ms = math.max(0, number_of(limits, 'wait:until', 0) - NOW)
-- A caller whose wait has just ended keeps its queue entry until its next poll. One with a long wait has no entry.
local is_waiting = wait_ms > 0 or waiting > 0
return {
  NOW, dimensions,
  { text(limit), text(max), redis.call('ZCARD', LEASES) - expired, waiting,
    number_of(limits, 'leases:expired', 0) + expired, limit < max and limits.fields['aimd:decreaseReason'] or '' },
  { math.max(0, paused_until() - NOW), limits.fields['pause:reason'] or '' },
  { state, breaker.epoch(), breaker.open_ms(), NOW - (breaker.unhealthy_since() or NOW), breaker.reason() },
  { limits.fields['latency:mean'] and median_ms() or '', text(number_of(limits, 'latency:variance', 0)) },
  { text(characters_per_token()), text(expected_output('estimate:single:')),
    text(number_of(estimates, 'estimate:single:cached', 0)) },
  { is_waiting and limits.fields['wait:because'] or '', wait_ms },
}
