import { z } from 'zod'
import { AnswerSource } from '../answer-source.ts'
import { Usage } from '../usage.ts'
import { ItemProblem } from '../problem.ts'

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
  /** Null when the worker crashed before it reported the usage. */
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
  /** Number of attempts so far. */
  attempt: z.int().nonnegative(),
  /** The reason for the status `skipped`. */
  reason: z.string().nullable(),
  cached: z.boolean(),
  /** Source of the answer. Null without an answer in this scan. */
  source: AnswerSource.nullable(),
  estimatedTokens: z.int().nonnegative(),
  truncated: z.boolean(),
  startedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
  nextAttemptAt: z.iso.datetime().nullable(),
  /** Duration and tokens of all attempts together. `attempts` has the values of each one. */
  durationMs: z.int().nonnegative().nullable(),
  usage: Usage.nullable(),
  confidence: z.number().nullable(),
  problem: ItemProblem.nullable(),
  attempts: z.array(Attempt),
  links: z.object({
    self: z.string(),
    /** Page of the type in the dashboard. */
    ui: z.string(),
    /** Page of its job in Bull Board, which keeps finished jobs for at most 30 days. Null for a type without a job. */
    board: z.string().nullable(),
  }),
})
export type ScanItem = z.infer<typeof ScanItem>
