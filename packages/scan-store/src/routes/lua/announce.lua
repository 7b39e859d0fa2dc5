-- Shared by every script that makes a route live. Needs ACTIVE (hash id -> ActiveScan), ROUTES and CLOSED.
--
-- A route is live from its announcement until close-route.lua finds it idle. Jobs are added to live routes only.
-- `facts` is the decoded ActiveScan of the scan, `bounds` the decoded RouteBounds.
local function is_always_admitted(bounds, queue)
  for _, name in ipairs(bounds.always) do
    if name == queue then return true end
  end
  return false
end

-- Counts the routes that unfinished scans of this token use, including this scan. Paused scans count, because they may resume.
local function routes_of_token(facts, bounds)
  local own, total = { [facts.queue] = true }, 1
  for _, text in ipairs(redis.call('HVALS', ACTIVE)) do
    local other = cjson.decode(text)
    if other.token == facts.token and not own[other.queue] and not is_always_admitted(bounds, other.queue) then
      own[other.queue] = true
      total = total + 1
    end
  end
  return total
end

-- Returns nil when the route is live afterwards, else the bound that refuses it ('token' or 'installation'). The second value
-- is true when this call announced the route.
local function announce_route(facts, bounds, now)
  local always = is_always_admitted(bounds, facts.queue)
  if not always and routes_of_token(facts, bounds) > bounds.maxPerToken then return 'token' end
  if redis.call('HEXISTS', ROUTES, facts.queue) == 1 then return nil end
  if not always and redis.call('HLEN', ROUTES) >= bounds.maxLive then return 'installation' end
  local route = cjson.encode({ provider = facts.provider, model = facts.model, announcedAtMs = now })
  redis.call('HSET', ROUTES, facts.queue, route)
  redis.call('HDEL', CLOSED, facts.queue)
  return nil, true
end
