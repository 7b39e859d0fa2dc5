/** Redis answers in a millisecond. This exceeds the socket timeout of its connection, so Redis is unreachable. */
export const STORE_MS = 30_000
/** For Redis commands under a permit: below the margin by which the lease of the permit outlives the call. */
export const UNDER_PERMIT_MS = 5_000
/** A shorter wait for a provider holds the slot or delays the job; a longer one pauses the queue of the route. */
export const MAX_WAIT_MS = 30_000
