import { z } from 'zod'
import { SessionEndReason } from '../login/session.ts'
import { AnswerSource } from '../answer-source.ts'
import { ScanDetails } from '../events/scan-details.ts'
import { Usage } from '../usage.ts'
import { ItemProblem, ItemReason, ProviderFault } from '../problem.ts'
import { BUDGET_LIMITS } from './budget.ts'
import { Progress } from './progress.ts'
import { Provider } from '../provider.ts'
import { Scan } from './scan.ts'

/**
 * Events in the journal: one stream per scan, one entry per change. The stream id is `<seq>-0`. Ids are contiguous, so a
 * reader detects a missing one. Later versions may add fields and events; readers ignore unknown ones.
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
  /** 80 % of a limit are spent, or the next call would exceed it (100). Money in US dollars. */
  'scan.budget': z.object({
    limit: z.enum(BUDGET_LIMITS),
    percent: z.union([z.literal(80), z.literal(100)]),
    spent: z.number(),
    most: z.number(),
  }),
  'scan.resumed': z.object({ by: z.string() }),
  'scan.canceling': z.object({ by: z.string() }),
  /** Last event of a run. The SSE endpoint adds the final scan to it and ends the response. */
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
  /** Requeued before it finished, because a worker stopped or the scan paused. Uses no attempt. */
  'resource.released': z.object({ resource: z.string(), worker: z.string(), reason: z.string() }),
  'resource.succeeded': z.object({
    resource: z.string(),
    durationMs: z.int(),
    usage: Usage,
    costUsd: z.number().nullable(),
    cached: z.boolean(),
    source: AnswerSource,
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
  /** A retry of the scan requeued a failed type. */
  'resource.requeued': z.object({ resource: z.string(), by: z.string() }),
} as const
export type StoredEventType = keyof typeof STORED_EVENTS

/** A stored event as the journal returns it. */
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

/** The calls that an event is about. `account` is the name of the account: events never contain keys. */
const ProviderRoute = z.object({ provider: Provider, account: z.string(), model: z.string() })

/**
 * Changes in the state of a provider. They concern every scan on it, so the journal of no scan stores them. Later readers
 * find the state in `throttle` of the snapshot.
 */
export const PROVIDER_EVENTS = {
  /**
   * Calls wait for a limit of requests (`rpm`) or tokens (`tpm`) per minute, for the concurrency limit, or for the time
   * that the provider requested (`retry-after`). Sent once per throttle, and only for a noticeable wait.
   */
  'provider.throttled': ProviderRoute.extend({
    scope: z.enum(['rpm', 'tpm', 'concurrency', 'retry-after']),
    until: z.iso.datetime(),
  }),
  'provider.breaker': ProviderRoute.extend({
    state: z.enum(['open', 'half-open', 'closed']),
    reason: z.string(),
    /** Time of the next trial call. Null unless open. */
    until: z.iso.datetime().nullable(),
  }),
} as const

export const ProviderEvent = z.discriminatedUnion('type', [
  PROVIDER_EVENTS['provider.throttled'].extend({ type: z.literal('provider.throttled') }),
  PROVIDER_EVENTS['provider.breaker'].extend({ type: z.literal('provider.breaker') }),
])
export type ProviderEvent = z.infer<typeof ProviderEvent>

/** Created by the SSE endpoint and never stored. Sent without an id, so that `Last-Event-ID` always names a stored event. */
export const LIVE_EVENTS = {
  snapshot: ScanDetails,
  /** Complete state, at most twice per second. */
  'scan.progress': z.object({
    status: z.string(),
    progress: Progress,
    notFaster: Scan.shape.notFaster,
    eta: Scan.shape.eta,
    waitingFor: Scan.shape.waitingFor,
    throttle: Scan.shape.throttle,
    warnings: Scan.shape.warnings,
    usage: Scan.shape.usage,
    running: z.array(z.string()).max(12),
  }),
  gap: z.object({ from: z.int(), to: z.int() }),
  /** The worker of a type crashed. The queue assigns the job to another one. */
  'resource.stalled': z.object({ resource: z.string() }),
  /** No worker starts jobs of the route of the scan. `until` is null when an operator paused the queue. */
  'queue.paused': z.object({
    route: z.string(),
    until: z.iso.datetime().nullable(),
    reason: z.string(),
  }),
  'queue.resumed': z.object({ route: z.string() }),
  /** The scan was deleted. */
  'scan.forgotten': z.object({}),
  'server.closing': z.object({ retryMs: z.int() }),
  /** The last frame when the session of the reader ends. A reconnect gets 401. */
  'session.ended': z.object({ reason: SessionEndReason }),
} as const

/** Version of the envelope `{ v, scanId, seq, at, … }` around the data of every event. */
export const EVENT_VERSION = 1
