import { z } from 'zod'
import { SCAN_MODES } from '../choice-names.ts'
import { Budget, BUDGET_LIMITS } from './budget.ts'
import { Usage } from '../usage.ts'
import { Pricing } from '../pricing.ts'
import { ItemProblem, ItemReason, ProviderFault } from '../problem.ts'
import { Eta } from '../speed/eta.ts'
import { NotFaster } from '../speed/not-faster.ts'
import { Progress } from './progress.ts'
import { Provider } from '../provider.ts'
import { ScanId } from './scan-id.ts'
import { Execution, ScanConcurrency, ScanOrder } from './scan-options.ts'
import { ScanStatus } from './scan-status.ts'

export const Scan = z.object({
  id: ScanId,
  kind: z.literal('capabilities'),
  status: ScanStatus,
  done: z.boolean(),
  /** Incremented by each retry of a finished scan. */
  runAttempt: z.int().positive(),
  cluster: z.string(),
  mode: z.enum(SCAN_MODES),
  execution: Execution,
  order: ScanOrder,
  /** Upper bound on its jobs in the queue at the same time. Null: no bound. */
  concurrency: ScanConcurrency.nullable(),
  provider: Provider,
  model: z.string(),
  /** True when the answers are rule-based, without a model. */
  demo: z.boolean(),
  /** Types with a curated answer get it without a call. Fixed at the start. */
  curated: z.boolean(),
  include: z.array(z.string()),
  exclude: z.array(z.string()),
  labels: z.record(z.string(), z.string()),
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
  createdBy: z.string(),
  progress: Progress,
  /** Types excluded by filters and defaults. They are not part of `progress`. */
  excluded: z.object({ count: z.int().nonnegative(), byReason: z.record(z.string(), z.int()) }),
  /** API groups that did not respond during discovery. Their types are unknown, not removed. */
  unavailable: z.array(z.object({ group: z.string(), reason: z.string() })),
  warnings: z.array(z.string()),
  /**
   * The scan whose running calls or batches also answer types of this scan, and the number of types that wait for them. With several
   * such scans, the one with the most waiting types. Null when no type waits.
   */
  waitingFor: z.object({ scanId: ScanId, types: z.int().positive() }).nullable(),
  /**
   * The reason why no call of the scan starts now, such as a pause of its provider, or why fewer calls run than there are
   * slots (`limited to 7 concurrent calls: …`). Null when calls are not throttled.
   */
  throttle: z
    .object({
      /** The account with the limit. Null when no account is the cause. */
      account: z.string().nullable(),
      model: z.string(),
      /** The reason, with the message of the provider if it sent one. */
      because: z.string(),
      /** End of the throttle. Null when it is unknown, as after an operator paused the queue. */
      until: z.iso.datetime().nullable(),
      /** The last failed call of the model of this scan within 24 hours. Null when none is known. */
      fault: ProviderFault.nullable(),
    })
    .nullable(),
  /** The bound of the speed of the scan now. Null when there is none, or when the scan has ended. */
  notFaster: NotFaster.nullable(),
  eta: Eta,
  usage: Usage.extend({
    /** Tokens among these that are estimates because the provider did not report them. */
    estimatedTokens: z.int().nonnegative(),
    calls: z.int().nonnegative(),
    /** Answers read from the result cache, without a call. */
    cacheHits: z.int().nonnegative(),
    /** Curated answers, which need no call. */
    curatedAnswers: z.int().nonnegative(),
    /**
     * Types without a call: stored, curated and unchanged ones. Cost and call time are those of as many types by the mean of this
     * model; null before a type of the model was answered, and for a price that is unknown.
     */
    saved: z.object({
      types: z.int().nonnegative(),
      costUsd: z.number().nonnegative().nullable(),
      ms: z.int().nonnegative().nullable(),
    }),
    costUsd: z.number().nullable(),
    pricing: Pricing,
  }),
  budget: Budget.extend({
    /** The budget limit that paused the scan. */
    stoppedBy: z.enum(BUDGET_LIMITS).nullable(),
  }),
  /** Sum of the durations of all types: the duration of a sequential scan. */
  workMs: z.int().nonnegative(),
  pause: z
    .object({
      by: z.string(),
      reason: z.string(),
      problem: ItemProblem.optional(),
      /** The failed call that paused the scan, else the last failed call of its model. */
      fault: ProviderFault.optional(),
    })
    .nullable(),
  failures: z.object({
    byReason: z.partialRecord(ItemReason, z.int()),
    sample: z.array(z.object({ resource: z.string(), problem: ItemProblem })).max(5),
    /** Failed types that were discarded. They count as skipped. */
    discarded: z.int().nonnegative(),
  }),
  /** The reason why the whole scan failed. */
  problem: ItemProblem.nullable(),
  /** Sequence number of the latest event. The SSE id of that event is `<lastSeq>-0`. */
  lastSeq: z.int().nonnegative(),
  links: z.object({
    self: z.string(),
    events: z.string(),
    resources: z.string(),
    /** Page of the scan in the dashboard. */
    ui: z.string(),
    /** Page of the queue of its route in Bull Board. */
    board: z.string(),
  }),
})
export type Scan = z.infer<typeof Scan>

/** Usage of a scan without a call, but for its price. */
export const NO_SCAN_USAGE: Omit<Scan['usage'], 'costUsd' | 'pricing'> = {
  inputTokens: 0,
  cachedTokens: 0,
  outputTokens: 0,
  estimatedTokens: 0,
  calls: 0,
  cacheHits: 0,
  curatedAnswers: 0,
  saved: { types: 0, costUsd: null, ms: null },
}
