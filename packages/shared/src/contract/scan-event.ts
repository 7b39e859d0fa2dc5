import { z } from 'zod'
import { Usage } from './capability.ts'
import { ItemProblem, ItemReason, ProviderFault } from './problem.ts'
import { BUDGET_LIMITS } from './budget.ts'
import { Progress } from './progress.ts'
import { Provider } from './provider.ts'
import { Scan } from './scan.ts'
import { ScanItem } from './scan-item.ts'

/**
 * What the journal stores, one entry a change, in one stream a scan. The stream id is `<seq>-0`, so
 * ids are contiguous and a missing one can be seen. New fields and events may be added; readers ignore
 * what they do not know.
 */
export const STORED_EVENTS = {
  'scan.started': z.object({
    total: z.int(),
    skipped: z.int(),
    excluded: z.int(),
    provider: z.string(),
    model: z.string(),
    runAttempt: z.int(),
  }),
  'scan.paused': z.object({
    by: z.string(),
    reason: z.string(),
    problem: ItemProblem.optional(),
    fault: ProviderFault.optional(),
  }),
  /** 80 percent of a limit are spent, or the next call would pass it. Money in US dollars. */
  'scan.budget': z.object({
    limit: z.enum(BUDGET_LIMITS),
    percent: z.union([z.literal(80), z.literal(100)]),
    spent: z.number(),
    most: z.number(),
  }),
  'scan.resumed': z.object({ by: z.string() }),
  'scan.canceling': z.object({ by: z.string() }),
  /** Last of a run. The SSE endpoint adds the final scan and then ends the response. */
  'scan.finished': z.object({ status: z.string(), problem: ItemProblem.optional() }),
  'resource.started': z.object({
    resource: z.string(),
    attempt: z.int(),
    worker: z.string(),
  }),
  'resource.retrying': z.object({
    resource: z.string(),
    attempt: z.int(),
    reason: ItemReason,
    detail: z.string().optional(),
    delayMs: z.int(),
    nextAttemptAt: z.iso.datetime(),
  }),
  /** Handed back unfinished (a worker stops, a scan pauses); no attempt was used. */
  'resource.released': z.object({ resource: z.string(), worker: z.string(), reason: z.string() }),
  'resource.succeeded': z.object({
    resource: z.string(),
    durationMs: z.int(),
    usage: Usage,
    costUsd: z.number().nullable(),
    cached: z.boolean(),
    confidence: z.number(),
    capabilities: z.array(z.string()).max(8),
  }),
  'resource.failed': z.object({
    resource: z.string(),
    attempts: z.int(),
    problem: ItemProblem,
  }),
  'resource.skipped': z.object({ resource: z.string(), reason: z.string() }),
  'resource.canceled': z.object({ resource: z.string() }),
  /** A failed type was put back by a retry of the scan. */
  'resource.requeued': z.object({ resource: z.string(), by: z.string() }),
} as const
export type StoredEventType = keyof typeof STORED_EVENTS

/** One stored event as the journal hands it out. */
export interface StoredEvent {
  /** `<seq>-0`. */
  id: string
  seq: number
  scanId: string
  type: StoredEventType
  /** RFC 3339, Redis time. */
  at: string
  data: Record<string, unknown>
}

/** Whose calls it is about, by name: keys are nothing that an event may carry. */
const ProviderRoute = z.object({ provider: Provider, account: z.string(), model: z.string() })

/**
 * What becomes of a provider. They concern every scan that runs on it, so no scan stores them; a reader that comes
 * later finds the same in the `throttle` of its snapshot.
 */
export const PROVIDER_EVENTS = {
  /**
   * Calls wait for a limit of requests (`rpm`) or tokens (`tpm`) a minute, for the number of calls at once, or
   * because the provider asked for it (`retry-after`). Told once while it lasts, when the wait is worth telling.
   */
  'provider.throttled': ProviderRoute.extend({
    scope: z.enum(['rpm', 'tpm', 'concurrency', 'retry-after']),
    until: z.iso.datetime(),
  }),
  'provider.breaker': ProviderRoute.extend({
    state: z.enum(['open', 'half-open', 'closed']),
    reason: z.string(),
    /** When the next calls try whether it is well again; null unless open. */
    until: z.iso.datetime().nullable(),
  }),
} as const

export const ProviderEvent = z.discriminatedUnion('type', [
  PROVIDER_EVENTS['provider.throttled'].extend({ type: z.literal('provider.throttled') }),
  PROVIDER_EVENTS['provider.breaker'].extend({ type: z.literal('provider.breaker') }),
])
export type ProviderEvent = z.infer<typeof ProviderEvent>

/** Made by the SSE endpoint, never stored, and sent without an id so that they cannot break a resume. */
export const LIVE_EVENTS = {
  snapshot: z.object({
    scan: Scan,
    active: z.array(ScanItem),
    recentFailures: z.array(ScanItem).max(20),
  }),
  /** State, not a difference; at most two a second. */
  'scan.progress': z.object({
    status: z.string(),
    progress: Progress,
    eta: Scan.shape.eta,
    waitingFor: Scan.shape.waitingFor,
    throttle: Scan.shape.throttle,
    warnings: Scan.shape.warnings,
    usage: Scan.shape.usage,
    running: z.array(z.string()).max(12),
  }),
  gap: z.object({ from: z.int(), to: z.int() }),
  /** The worker of a type was lost; the queue gives the job to another one. */
  'resource.stalled': z.object({ resource: z.string() }),
  /** No worker starts a job of the scan's route. `until` is null when an operator has paused the queues. */
  'queue.paused': z.object({
    route: z.string(),
    until: z.iso.datetime().nullable(),
    reason: z.string(),
  }),
  'queue.resumed': z.object({ route: z.string() }),
  'server.closing': z.object({ retryMs: z.int() }),
} as const

/** Version of the envelope `{ v, scanId, seq, at, … }` around every event's data. */
export const EVENT_VERSION = 1
