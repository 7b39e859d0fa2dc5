-- Announces the route of a scan before jobs are added to it.
-- ARGV: 1 RouteBounds (JSON)
-- Returns 'announced' when the route was not live before, else 'live'. Returns 'token' or 'installation' when that bound
-- refuses the route. Returns 'not-active' for a scan that is unknown, paused or finished.
local scan = redis.call('HMGET', SCAN, 'status', 'active')
local status = scan[1]
if status ~= 'discovering' and status ~= 'queued' and status ~= 'running' then return 'not-active' end
local bound, is_new = announce_route(cjson.decode(scan[2]), cjson.decode(ARGV[1]), NOW)
return bound or (is_new and 'announced' or 'live')
