import { signal } from '@preact/signals'

/** Time of the last answer to a request, in ms of the clock of this browser. 0 before the first. */
export const reachedAt = signal(0)
