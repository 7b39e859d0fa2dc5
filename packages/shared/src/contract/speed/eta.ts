import { z } from 'zod'
import { SpeedBound } from './speed-bound.ts'

/** Another speed of the same scan, by the same forecast with one input changed. */
const WhatIf = z.object({
  /** One worker more, or twice the requests a minute, the tokens a minute, or the concurrent calls. */
  change: z.enum(['worker', 'requests', 'tokens', 'concurrency']),
  /** Time left after the change. */
  seconds: z.number().nonnegative(),
  /** For people: `+1 worker: no change`. */
  text: z.string(),
})
export type WhatIf = z.infer<typeof WhatIf>

/** Time left of a scan. */
export const Eta = z.object({
  /** Null when it is unknown. */
  seconds: z.number().nonnegative().nullable(),
  /** The error band: about eight of ten scans end between `low` and `high` seconds. Null when `seconds` is. */
  low: z.number().nonnegative().nullable(),
  high: z.number().nonnegative().nullable(),
  ratePerMinute: z.number(),
  /** Time since a type started or finished, when it is longer than a slow call takes: calls hang. Null otherwise. */
  silentSeconds: z.number().nonnegative().nullable(),
  /** The bound of the time left. Null when it follows from the finish rate, or when only the last calls are left. */
  because: SpeedBound.nullable(),
  /** Empty when the time left does not follow from the capacity of workers and providers. */
  whatIf: z.array(WhatIf).max(4),
})
export type Eta = z.infer<typeof Eta>

export const UNKNOWN_ETA: Eta = {
  seconds: null,
  low: null,
  high: null,
  ratePerMinute: 0,
  silentSeconds: null,
  because: null,
  whatIf: [],
}
