import { z } from 'zod'
import { SpeedBound } from './speed-bound.ts'

/** Why a scan is not faster. */
export const NotFaster = z.object({
  kind: SpeedBound,
  /** The account with the bound. Null when no account is the cause. */
  account: z.string().nullable(),
  model: z.string(),
  /** Calls in flight: of the account if there is one, else of all accounts of the scan. */
  inFlight: z.int().nonnegative(),
  /** The most of these calls: the slots of the workers, or the concurrency limits when they are lower. Null when unknown. */
  maxInFlight: z.int().nonnegative().nullable(),
  /** Time until the next call may start. Null when it is unknown. */
  nextPermitMs: z.int().nonnegative().nullable(),
  /** One sentence for people, without a full stop. */
  text: z.string(),
})
export type NotFaster = z.infer<typeof NotFaster>
