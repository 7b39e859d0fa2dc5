-- Index of the limit keys that a pause or a breaker blocks, so that a reader needs no SCAN.
-- The longest blocks are kept if there are more: an operator has to see those, short ones end by themselves.
local MAX_BLOCKED = 1000

-- Updates the index. To be called after each step that changes a pause or the breaker. `index_name`: provider, account
-- and model as JSON; '' = not indexed (accounts without a provider, such as embeddings).
local function index_block(index_name)
  if index_name == '' then return end
  redis.call('ZREMRANGEBYSCORE', BLOCKED, '-inf', NOW)
  local ends = math.max(paused_until(), breaker.blocked_until())
  if ends <= NOW then
    redis.call('ZREM', BLOCKED, index_name)
    return
  end
  redis.call('ZADD', BLOCKED, ends, index_name)
  redis.call('ZREMRANGEBYRANK', BLOCKED, 0, -1 - MAX_BLOCKED)
  redis.call('PEXPIRE', BLOCKED, KEEP_MS)
end
