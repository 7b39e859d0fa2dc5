-- Frees the slots of leases that ran out.
-- Returns how many.
local swept = expire_leases()
save(group)
return swept
