import { openWorkLimit, type WorkLimit } from './work-limit.ts'

/** Bounds on work that callers cause, for this process and all its callers together. */
export interface WorkLimits {
  /** Starts of scans: from the look at the cluster to the added plan job. */
  starts: WorkLimit
  /** Dry runs, imports, reindexing, and what compares the whole catalog with a cluster. */
  expensive: WorkLimit
}

/** At some 10 ms of the event loop and as much of Redis each, the last one of a full limit takes less than a second. */
const MOST_STARTS = 32
/** Each may hold 200 definitions or read 64 MiB. */
const MOST_EXPENSIVE = 4

export function openWorkLimits(): WorkLimits {
  return {
    starts: openWorkLimit({ most: MOST_STARTS, what: 'starts of scans' }),
    expensive: openWorkLimit({
      most: MOST_EXPENSIVE,
      what: 'dry runs, imports and other expensive requests',
    }),
  }
}
