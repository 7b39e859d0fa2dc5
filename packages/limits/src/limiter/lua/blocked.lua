-- Index of the limit keys that let no call start because of a pause or a breaker. A reader that lists them needs no SCAN.
-- Longest blocks first when there are more: an operator has to know of those, short ones end by themselves.
local MOST_BLOCKED = 1000

-- When a call may start again as far as pause and breaker go. Half-open with a free probe is no block. With none, it ends
-- when a probe expires, at the latest: an answer ends it sooner.
local function block_end()
  local state, due = breaker_state()
  local opens = state == 'open' and number_of(breaker, 'openUntil', 0) or 0
  if state == 'half-open' and not due and not free_probe() then
    opens = math.min(number_of(breaker, 'probe1', 0), number_of(breaker, 'probe2', 0))
  end
  return math.max(number_of(group, 'pauseUntil', 0), opens)
end

-- To be called after every step that changes a pause or the breaker. `member` is the JSON of provider, account and model;
-- '' is of no provider, such as the embedding model, and not listed.
local function index_block(member)
  if member == '' then return end
  redis.call('ZREMRANGEBYSCORE', BLOCKED, '-inf', NOW)
  local ends = block_end()
  if ends <= NOW then
    redis.call('ZREM', BLOCKED, member)
    return
  end
  redis.call('ZADD', BLOCKED, ends, member)
  redis.call('ZREMRANGEBYRANK', BLOCKED, 0, -1 - MOST_BLOCKED)
  redis.call('PEXPIRE', BLOCKED, KEEP_MS)
end
