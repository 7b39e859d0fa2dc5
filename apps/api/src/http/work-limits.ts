import { openWorkLimit, type WorkLimit } from './work-limit.ts'

/** Bounds on expensive requests of all callers of this process. */
export interface WorkLimits {
  /** Starts of scans, from the discovery to the added plan job. */
  starts: WorkLimit
  /** Dry runs, imports, reindexing, and comparisons of the whole catalog with a cluster. */
  expensive: WorkLimit
  /** Examples of types, which read a schema of up to 7 MB each. */
  examples: WorkLimit
  /** Replays of the events of a scan, to find earlier counters. */
  replays: WorkLimit
  /** Requests to the OpenID Connect issuer, which may be slow. */
  logins: WorkLimit
}

/** Each start needs about 10 ms of the event loop and of Redis, so the last of 32 takes less than a second. */
const MAX_STARTS = 32
/** Each request may hold 200 definitions or read 64 MiB. */
const MAX_EXPENSIVE = 4
/** The schemas of a cluster are read one by one. */
const MAX_EXAMPLES = 8
/** A replay of the 45,000 events that a scan of 5,000 types can have takes up to a second of CPU time. */
const MAX_REPLAYS = 4
/** Callers without a login can start them. */
const MAX_LOGINS = 32

export function openWorkLimits(): WorkLimits {
  return {
    starts: openWorkLimit({ most: MAX_STARTS, what: 'starts of scans' }),
    logins: openWorkLimit({ most: MAX_LOGINS, what: 'logins' }),
    examples: openWorkLimit({ most: MAX_EXAMPLES, what: 'examples of types' }),
    replays: openWorkLimit({ most: MAX_REPLAYS, what: 'replays of the events of scans' }),
    expensive: openWorkLimit({
      most: MAX_EXPENSIVE,
      what: 'dry runs, imports and other expensive requests',
    }),
  }
}
