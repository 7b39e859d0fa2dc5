import { z } from 'zod'
import { Usage } from './capability.ts'
import { ItemProblem } from './problem.ts'

export const ITEM_STATUSES = [
  'queued',
  'running',
  'retrying',
  'succeeded',
  'failed',
  'skipped',
  'canceled',
] as const
export const ItemStatus = z.enum(ITEM_STATUSES)
export type ItemStatus = z.infer<typeof ItemStatus>

export const Attempt = z.object({
  n: z.int().positive(),
  startedAt: z.iso.datetime(),
  durationMs: z.int().nonnegative(),
  worker: z.string(),
  provider: z.string(),
  model: z.string(),
  /** Null when it is unknown because the worker was lost. */
  usage: Usage.nullable(),
  outcome: z.enum(['succeeded', 'failed', 'retrying', 'released', 'lost', 'canceled']),
  problem: ItemProblem.optional(),
})
export type Attempt = z.infer<typeof Attempt>

export const ScanItem = z.object({
  resource: z.string(),
  kind: z.string(),
  group: z.string(),
  version: z.string(),
  scope: z.enum(['Namespaced', 'Cluster']),
  status: ItemStatus,
  /** Starts that used up an attempt so far. */
  attempt: z.int().nonnegative(),
  /** Why it was skipped, when it was. */
  reason: z.string().nullable(),
  cached: z.boolean(),
  estimatedTokens: z.int().nonnegative(),
  truncated: z.boolean(),
  startedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
  nextAttemptAt: z.iso.datetime().nullable(),
  /** Time and tokens of all attempts together; what an attempt spent stands in `attempts`. */
  durationMs: z.int().nonnegative().nullable(),
  usage: Usage.nullable(),
  confidence: z.number().nullable(),
  problem: ItemProblem.nullable(),
  attempts: z.array(Attempt),
  links: z.object({
    self: z.string(),
    /** Its job on the queue board; null for a type that has none. Finished jobs stay there for 30 days at most. */
    board: z.string().nullable(),
  }),
})
export type ScanItem = z.infer<typeof ScanItem>
