import { z } from 'zod'
import { Budget, BUDGET_LIMITS } from './budget.ts'
import { Usage } from './capability.ts'
import { Pricing } from './pricing.ts'
import { ItemProblem, ItemReason, ProviderFault } from './problem.ts'
import { Progress } from './progress.ts'
import { Provider } from './provider.ts'
import { ScanId } from './scan-id.ts'
import { Execution, ScanConcurrency, ScanOrder } from './scan-options.ts'
import { ScanStatus } from './scan-status.ts'

export const Scan = z.object({
  id: ScanId,
  kind: z.literal('capabilities'),
  status: ScanStatus,
  done: z.boolean(),
  /** Grows by one with each retry of a finished scan. */
  runAttempt: z.int().positive(),
  cluster: z.string(),
  mode: z.enum(['incremental', 'full']),
  execution: Execution,
  order: ScanOrder,
  /** Null: all its jobs are in the queue at the same time. */
  concurrency: ScanConcurrency.nullable(),
  provider: Provider,
  model: z.string(),
  /** The answers come from rules, not from a model. */
  demo: z.boolean(),
  include: z.array(z.string()),
  exclude: z.array(z.string()),
  labels: z.record(z.string(), z.string()),
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
  createdBy: z.string(),
  progress: Progress,
  /** Types left out by filters and defaults; they are not part of progress. */
  excluded: z.object({ count: z.int().nonnegative(), byReason: z.record(z.string(), z.int()) }),
  /** API groups that did not answer during discovery. Their types are unknown, not gone. */
  unavailable: z.array(z.object({ group: z.string(), reason: z.string() })),
  warnings: z.array(z.string()),
  /**
   * Another scan that is asking about the same types, and how many types wait for its answers instead of paying again; of
   * several scans the one that most types wait for. Null when none does.
   */
  waitingFor: z.object({ scanId: ScanId, types: z.int().positive() }).nullable(),
  /**
   * Why nothing of the scan starts now, as for a pause of its provider, and until when; or why fewer of its calls are made
   * at once than there are slots (`limited to 7 concurrent calls: …`).
   */
  throttle: z
    .object({
      /** Whose limits it is about; null when no account is the reason. */
      account: z.string().nullable(),
      model: z.string(),
      /** In the words of the provider where it gave any. */
      because: z.string(),
      /** Null when only a person or a worker can end it. */
      until: z.iso.datetime().nullable(),
      /** The last failure of a call of the scan's model within a day; null when none is known. */
      fault: ProviderFault.nullable(),
    })
    .nullable(),
  eta: z.object({ seconds: z.number().nonnegative().nullable(), ratePerMinute: z.number() }),
  usage: Usage.extend({
    /** How many of these tokens are estimated, because the provider did not report them. */
    estimatedTokens: z.int().nonnegative(),
    calls: z.int().nonnegative(),
    /** Answers taken from the result cache, not paid for again. */
    cacheHits: z.int().nonnegative(),
    costUsd: z.number().nullable(),
    pricing: Pricing,
  }),
  budget: Budget.extend({
    /** The limit that paused the scan; null while none has. */
    stoppedBy: z.enum(BUDGET_LIMITS).nullable(),
  }),
  /** Sum of the time spent on each type: what one after another would have taken. */
  workMs: z.int().nonnegative(),
  pause: z
    .object({
      by: z.string(),
      reason: z.string(),
      problem: ItemProblem.optional(),
      /** The failed call that paused it, else the last failure of a call of its model; absent when none is known. */
      fault: ProviderFault.optional(),
    })
    .nullable(),
  failures: z.object({
    byReason: z.partialRecord(ItemReason, z.int()),
    sample: z.array(z.object({ resource: z.string(), problem: ItemProblem })).max(5),
    /** Types that failed and were discarded: they count as skipped. */
    discarded: z.int().nonnegative(),
  }),
  /** Why the scan as a whole failed, when it did. */
  problem: ItemProblem.nullable(),
  /** Sequence number of the newest event; an SSE client that has seen `<lastSeq>-0` is up to date. */
  lastSeq: z.int().nonnegative(),
  links: z.object({
    self: z.string(),
    events: z.string(),
    resources: z.string(),
    /** The queue of its route on the queue board. */
    board: z.string(),
  }),
})
export type Scan = z.infer<typeof Scan>
