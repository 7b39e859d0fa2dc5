-- Records an answered call: earlier faults no longer count.
-- ARGV: 1 endpoint
-- Returns 1.
local endpoint = ARGV[1]
save(endpoint, 'answeredAt', NOW)
clear_faults()
return 1
