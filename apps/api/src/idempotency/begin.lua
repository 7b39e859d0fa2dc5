-- Claims an Idempotency-Key, or returns its state.
-- KEYS: 1 record
-- ARGV: 1 fingerprint of the request  2 scan id to use when it is new  3 lease in ms  4 ttl in seconds
-- Returns {'new', scan id}, {'busy', ms}, {'mismatch'} or {'done', answer}.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local text = redis.call('GET', KEYS[1])
local record = text and cjson.decode(text)
if record and record.fingerprint ~= ARGV[1] then return { 'mismatch' } end
if record and record.answer then return { 'done', record.answer } end
if record and record.busyUntil > now then return { 'busy', record.busyUntil - now } end
-- A killed process leaves its scan id, so that the retry starts the same scan.
local scan = record and record.scan or ARGV[2]
local claim = { fingerprint = ARGV[1], scan = scan, busyUntil = now + ARGV[3] }
redis.call('SET', KEYS[1], cjson.encode(claim), 'EX', ARGV[4])
return { 'new', scan }
