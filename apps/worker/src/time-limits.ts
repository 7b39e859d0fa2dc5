/** Redis answers in a millisecond; longer than the socket timeout of its link means that it is away. */
export const STORE_MS = 30_000
/** A paid answer is worth a longer wait for Redis: lost, it would be paid for again. */
export const KEEP_ANSWER_MS = 120_000
export const PUT_AGAIN_MS = 250
/** For what a call asks of Redis once it has its turn: well below the margin by which the turn's lease outlives the call. */
export const IN_TURN_MS = 5_000
/** A wait for a provider that is not longer holds the slot or delays the job; a longer one is the route's. */
export const LONGEST_WAIT_MS = 30_000
