import { z } from 'zod'
import { SCAN_ORDERS } from '../choice-names.ts'

/** `calls`: one model call per type, at once. `batch`: through the batch API of the provider, within 24 hours, at half the price. */
export const Execution = z.enum(['calls', 'batch'])
export type Execution = z.infer<typeof Execution>

/** Order of the types: by name, or by the estimated tokens of their call. */
export const ScanOrder = z.enum(SCAN_ORDERS)
export type ScanOrder = z.infer<typeof ScanOrder>

/** Upper bound on the jobs of a scan in the queue at the same time. Each finished type adds the next job. */
export const ScanConcurrency = z.int().min(1).max(1_000)
