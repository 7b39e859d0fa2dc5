-- Announces the route of a scan before jobs are added to it.
-- ARGV: 1 RouteBounds (JSON)
-- Returns 'announced' when the route was not live before, else 'live'; 'token' or 'installation', the bound that refuses
-- the route; 'not-active' for a scan that has ended, is paused or unknown.
local scan = redis.call('HMGET', SCAN, 'status', 'active')
local status = scan[1]
if status ~= 'discovering' and status ~= 'queued' and status ~= 'running' then return 'not-active' end
local bound, is_new = announce_route(cjson.decode(scan[2]), cjson.decode(ARGV[1]), NOW)
return bound or (is_new and 'announced' or 'live')
