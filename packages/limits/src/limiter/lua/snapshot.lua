-- One consistent look; changes nothing.
-- Returns {now, {configured, observed, limit, capacity, used} of each dimension ('' = none, the last two in
-- units), {concurrency, highest, in flight, waiting, lost, why it was lowered or ''}, {ms paused, reason},
-- {state, epoch, ms open, ms broken, reason},
-- {median ms or '', variance}, {characters a token, output, cached}}. Fractions are texts.
local function text(number) return number and string.format('%.17g', number) or '' end
local dimensions = {}
for index, bucket in ipairs(open_buckets()) do
  dimensions[index] = {
    text(number_of(group, bucket.name .. ':configured')), text(number_of(group, bucket.name .. ':observed')),
    text(bucket.limit), text(bucket.capacity), text(bucket.used),
  }
end
local waiting = 0
for _, place in ipairs(redis.call('HVALS', LINE)) do
  if unpack_numbers(place)[2] > NOW then waiting = waiting + 1 end
end
local expired = redis.call('ZCOUNT', LEASES, '-inf', NOW)
local paused = math.max(0, number_of(group, 'pauseUntil', 0) - NOW)
local state = breaker_state()
return {
  NOW, dimensions,
  { text(concurrency()), text(number_of(group, 'cMax', 0)), redis.call('ZCARD', LEASES) - expired, waiting,
    number_of(group, 'lost', 0) + expired,
    concurrency() < number_of(group, 'cMax', 0) and group.fields.lowered or '' },
  { paused, group.fields.pauseReason or '' },
  { state, number_of(breaker, 'epoch', 0), state == 'open' and number_of(breaker, 'openUntil', 0) - NOW or 0,
    NOW - (broken_since() or NOW), breaker.fields.reason or '' },
  { group.fields.latency and median_ms() or '', text(number_of(group, 'spread', 0)) },
  { text(number_of(estimates, 'k', START_K)), text(number_of(estimates, 'output', START_OUTPUT)),
    text(number_of(estimates, 'cached', 0)) },
}
