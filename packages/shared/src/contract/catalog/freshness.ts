import { z } from 'zod'
import { FRESHNESS_STATES } from '../choice-names.ts'

/** Freshness of a type in the catalog. `stale`: it has changed or disappeared since its last scan. */
export const Freshness = z.enum(FRESHNESS_STATES)
export type Freshness = z.infer<typeof Freshness>
