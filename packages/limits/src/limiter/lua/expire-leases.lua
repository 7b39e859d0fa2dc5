-- Frees the slots of expired leases.
-- Returns their number.
local expired = expire_leases()
save(limits)
return expired
