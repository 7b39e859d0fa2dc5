import { z } from 'zod'
import { ItemProblem, ItemReason, ProviderFault } from './problem.ts'
import { Usage } from './capability.ts'
import { Pricing } from './pricing.ts'
import { PROVIDERS } from './providers.ts'
import { SCAN_STATUSES } from './scan-statuses.ts'
import { isVisibleText, VISIBLE_ONLY } from './visible-text.ts'

export const ScanId = z
  .string()
  .regex(/^scan_[0-9a-f]{32}$/, 'must be `scan_` and 32 hexadecimal digits, as lists show it')

export const Provider = z.enum(PROVIDERS)
export type Provider = z.infer<typeof Provider>

export const ScanStatus = z.enum(SCAN_STATUSES)
export type ScanStatus = z.infer<typeof ScanStatus>

const FINAL: readonly ScanStatus[] = ['succeeded', 'partial', 'failed', 'canceled']
export function isDone(status: ScanStatus): boolean {
  return FINAL.includes(status)
}

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

const Name = z.string().trim().min(1).max(253).refine(isVisibleText, VISIBLE_ONLY)

/** What a scan may spend and how often it may fail. It pauses before the call that would pass a limit. */
export const Budget = z.strictObject({
  maxCostUsd: z.number().min(0.000_001).max(1_000_000).optional(),
  /** Input, cached and output tokens together. */
  maxTokens: z.int().positive().optional(),
  /** Types that may fail; the scan pauses when as many have. */
  maxFailures: z.int().positive().max(100_000).optional(),
})
export type Budget = z.infer<typeof Budget>
export const BUDGET_LIMITS = ['maxCostUsd', 'maxTokens', 'maxFailures'] as const

/** `calls`: one call a type, now. `batch`: through the provider's batch API, within a day, for half the price. */
export const Execution = z.enum(['calls', 'batch'])
export type Execution = z.infer<typeof Execution>

/** Which types are asked about first: by name, or by the estimated tokens of their call. */
export const ScanOrder = z.enum(['name', 'smallest-first', 'largest-first'])
export type ScanOrder = z.infer<typeof ScanOrder>

/** Most jobs of a scan that are in the queue at the same time: each type that ends lets the next one in. */
const Concurrency = z.int().min(1).max(1_000)

/** Of a model, as its provider spells it. */
export const ModelName = z.string().trim().min(1).max(200).refine(isVisibleText, VISIBLE_ONLY)

export const StartScan = z.strictObject({
  /** A context of the kubeconfig. Absent: the configured one, which `default` means as well unless a context has that name. */
  cluster: Name.optional(),
  include: z.array(Name).min(1).max(500).default(['*']),
  exclude: z.array(Name).max(500).default([]),
  /** Refuses an include that matches no type; without it the rest is scanned and the scan warns of it. */
  strict: z.boolean().default(false),
  mode: z.enum(['incremental', 'full']).default('incremental'),
  provider: Provider.optional(),
  model: ModelName.optional(),
  priority: z.enum(['high', 'normal', 'low']).default('normal'),
  order: ScanOrder.default('name'),
  onConflict: z.enum(['join', 'reject', 'parallel']).default('join'),
  execution: Execution.default('calls'),
  budget: Budget.default({}),
  concurrency: Concurrency.optional(),
  dryRun: z.boolean().default(false),
  labels: z
    .record(
      z
        .string()
        .regex(
          /^[A-Za-z0-9][A-Za-z0-9._/-]{0,62}$/,
          'must begin with a letter or digit and have at most 63 letters, digits, `.`, `_`, `/` and `-`',
        ),
      z.string().max(128).refine(isVisibleText, VISIBLE_ONLY),
    )
    .default({})
    .refine((labels) => Object.keys(labels).length <= 20, 'must have at most 20 labels'),
})
export type StartScan = z.infer<typeof StartScan>

/** Counts of types by state. `total` is null until the plan is written; afterwards the seven states sum to it. */
export const Progress = z.object({
  total: z.int().nonnegative().nullable(),
  queued: z.int().nonnegative(),
  running: z.int().nonnegative(),
  retrying: z.int().nonnegative(),
  succeeded: z.int().nonnegative(),
  failed: z.int().nonnegative(),
  skipped: z.int().nonnegative(),
  canceled: z.int().nonnegative(),
  /** succeeded + failed + skipped + canceled. */
  finished: z.int().nonnegative(),
  /** finished / total; work in flight never counts. */
  percent: z.number().min(0).max(100),
})
export type Progress = z.infer<typeof Progress>

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
  concurrency: Concurrency.nullable(),
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

/** What a dry run answers. It spends nothing and stores nothing. */
export const ScanPlan = z.object({
  cluster: z.string(),
  provider: Provider,
  model: z.string(),
  total: z.int().nonnegative(),
  toAnalyze: z.int().nonnegative(),
  /** Types whose answer is stored already, for another cluster or by an earlier scan: no call and no job. */
  stored: z.int().nonnegative(),
  skippedUnchanged: z.int().nonnegative(),
  excluded: z.int().nonnegative(),
  unavailable: z.array(z.object({ group: z.string(), reason: z.string() })),
  warnings: z.array(z.string()),
  estimate: z.object({
    inputTokens: z.int().nonnegative(),
    outputTokens: z.int().nonnegative(),
    costUsd: z.object({ low: z.number(), expected: z.number(), high: z.number() }).nullable(),
    pricing: z.enum(['known', 'unknown']),
    durationSeconds: z.number().nonnegative(),
  }),
  resources: z.array(
    z.object({
      resource: z.string(),
      action: z.enum(['analyze', 'stored', 'unchanged', 'exclude', 'undescribable']),
      reason: z.string(),
      estTokens: z.int().nonnegative(),
    }),
  ),
  removals: z.object({
    known: z.int().nonnegative().describe('How many types the catalog knows of the cluster.'),
    resources: z
      .array(z.string())
      .describe('Fresh ones of them that the cluster no longer offers.'),
    needsForce: z
      .boolean()
      .describe('They are more than a fifth of what is known, so none would be marked as stale.'),
    summary: z.string().describe('What would become of them, in words.'),
  }),
})
export type ScanPlan = z.infer<typeof ScanPlan>
