import { z } from 'zod'
import { ItemProblem, ItemReason, ProviderFault } from '@capstan/shared/contract/problem'
import { BUDGET_LIMITS } from '@capstan/shared/contract/scan/budget'
import { Execution, ScanOrder } from '@capstan/shared/contract/scan/scan-options'
import { isDone, ScanStatus } from '@capstan/shared/contract/scan/scan-status'
import { ITEM_STATUSES, type ItemStatus } from '@capstan/shared/contract/scan/scan-item'
import { Provider } from '@capstan/shared/contract/provider'
import type { Progress } from '@capstan/shared/contract/scan/progress'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { usesBatches } from '../batches/uses-batches.ts'
import { classifyPricing } from '@capstan/shared/prices/classify-pricing'
import { buildBoardQueuePath } from '../queue/board-path.ts'
import { resolveRoute, buildRouteQueueName } from '../routes/route.ts'
import { estimateEtaByRate } from './eta.ts'
import type { ScanForecast } from './outlook.ts'
import { findLargestWait } from './read-waiting-for.ts'
import { estimateEtaByCapacityMs, type ScanCapacity } from './work-eta.ts'

const Json = z.string().transform((text): unknown => JSON.parse(text))
const Milliseconds = z.coerce.number().transform((ms) => new Date(ms).toISOString())
const Count = z.coerce.number().int().default(0)

/** The scan hash as the scripts write it. */
const ScanHash = z.object({
  id: z.string(),
  status: ScanStatus,
  runAttempt: z.coerce.number().int(),
  cluster: z.string(),
  mode: z.enum(['incremental', 'full']),
  execution: Execution.default('calls'),
  order: ScanOrder.default('name'),
  concurrency: z.coerce.number().int().optional(),
  provider: Provider,
  model: z.string(),
  createdBy: z.string(),
  include: Json.pipe(z.array(z.string())),
  exclude: Json.pipe(z.array(z.string())),
  labels: Json.pipe(z.record(z.string(), z.string())),
  createdAt: Milliseconds,
  startedAt: Milliseconds.optional(),
  finishedAt: Milliseconds.optional(),
  total: z.coerce.number().int().optional(),
  excluded: Count,
  excludedByReason: Json.pipe(z.record(z.string(), z.int())).default({}),
  unavailable: Json.pipe(z.array(z.object({ group: z.string(), reason: z.string() }))).default([]),
  warnings: Json.pipe(z.array(z.string())).default([]),
  inputTokens: Count,
  cachedTokens: Count,
  outputTokens: Count,
  estimatedTokens: Count,
  calls: Count,
  cacheHits: Count,
  costMicros: Count,
  unpriced: z.string().optional(),
  maxTokens: z.coerce.number().int().optional(),
  maxCostMicros: z.coerce.number().int().optional(),
  maxFailures: z.coerce.number().int().optional(),
  stoppedBy: z.enum(BUDGET_LIMITS).optional(),
  workMs: Count,
  pause: Json.pipe(
    z.object({
      by: z.string(),
      reason: z.string(),
      problem: ItemProblem.optional(),
      fault: ProviderFault.optional(),
    }),
  ).optional(),
  problem: Json.pipe(ItemProblem).optional(),
  recent: z.string().default(''),
  seq: Count,
  leftTokens: Count,
  discarded: Count,
})
type ScanHash = z.infer<typeof ScanHash>

/** What snapshot.lua answers. */
export const SnapshotReply = z.tuple([
  z.array(z.string()),
  z.array(z.int()).length(7),
  z.array(z.string()),
  z.number(),
  z.array(z.union([z.string(), z.int()])),
])

const FailedState = z.object({ p: Json.pipe(ItemProblem).optional() })

/** Turns one snapshot into the public view of a scan; undefined when there is no such scan. */
export function toScan(
  reply: z.infer<typeof SnapshotReply>,
  outlook?: ScanForecast,
): Scan | undefined {
  const [flat, counts, failures, nowMs, waits] = reply
  if (flat.length === 0) return undefined
  const raw = pairs(flat)
  const hash = ScanHash.parse(raw)
  const progress = progressOf(hash, counts)
  return {
    id: hash.id,
    kind: 'capabilities',
    status: hash.status,
    done: isDone(hash.status),
    runAttempt: hash.runAttempt,
    cluster: hash.cluster,
    mode: hash.mode,
    execution: hash.execution,
    order: hash.order,
    concurrency: hash.concurrency ?? null,
    provider: hash.provider,
    model: hash.model,
    demo: hash.provider === 'demo',
    include: hash.include,
    exclude: hash.exclude,
    labels: hash.labels,
    createdAt: hash.createdAt,
    startedAt: hash.startedAt ?? null,
    finishedAt: hash.finishedAt ?? null,
    createdBy: hash.createdBy,
    progress,
    excluded: { count: hash.excluded, byReason: hash.excludedByReason },
    unavailable: hash.unavailable,
    warnings: warningsOf(hash, outlook),
    waitingFor: isWorking(hash.status) ? findLargestWait(waits) : null,
    throttle: isWorking(hash.status) ? throttleOf(hash.model, nowMs, outlook) : null,
    eta: etaOf(hash, progress, nowMs, outlook?.capacity),
    usage: usageOf(hash),
    budget: budgetOf(hash),
    workMs: hash.workMs,
    pause: pauseOf(hash, outlook),
    failures: failuresOf(raw, failures, hash),
    problem: hash.problem ?? null,
    lastSeq: hash.seq,
    links: linksOf(hash),
  }
}

function linksOf({ id, provider, model }: ScanHash): Scan['links'] {
  const self = `/api/v1/scans/${id}`
  const board = buildBoardQueuePath(buildRouteQueueName(resolveRoute(provider, model)))
  return { self, events: `${self}/events`, resources: `${self}/resources`, board }
}

function isWorking(status: ScanStatus): boolean {
  return !isDone(status) && status !== 'paused'
}

/** What the plan found, and what keeps the scan from going on now. */
function warningsOf({ warnings, status }: ScanHash, outlook: ScanForecast | undefined): string[] {
  return outlook && isWorking(status) ? [...warnings, ...outlook.warnings] : warnings
}

function throttleOf(
  model: string,
  nowMs: number,
  outlook: ScanForecast | undefined,
): Scan['throttle'] {
  const blocked = outlook?.blocked ?? outlook?.capacity?.blocked
  if (!blocked) return null
  const { account, because, forMs } = blocked
  const until = forMs === null ? null : new Date(nowMs + forMs).toISOString()
  return { account, model, because, until, fault: outlook?.fault ?? null }
}

function pauseOf({ pause }: ScanHash, outlook: ScanForecast | undefined): Scan['pause'] {
  if (!pause) return null
  const fault = pause.fault ?? outlook?.fault
  return fault ? { ...pause, fault } : pause
}

/** By the work left when it is known how fast that goes, else by how fast types have finished. */
function etaOf(
  hash: ScanHash,
  progress: Progress,
  nowMs: number,
  capacity: ScanCapacity | undefined,
): Scan['eta'] {
  if (!isWorking(hash.status)) return { seconds: null, ratePerMinute: 0 }
  const counted = estimateEtaByRate(
    progress,
    hash.recent.split(',').filter(Boolean).map(Number),
    nowMs,
  )
  // Answers of a batch come all at once, at a time that nobody knows.
  if (usesBatches(hash)) return { ...counted, seconds: null }
  if (hash.total === undefined || !capacity) return counted
  const concurrency = Math.min(capacity.concurrency, hash.concurrency ?? Infinity)
  const work = { progress, inputTokens: hash.leftTokens }
  const leftMs = estimateEtaByCapacityMs(work, { ...capacity, concurrency })
  if (leftMs === undefined) return counted
  return { ...counted, seconds: Math.round(leftMs / 100) / 10 }
}

function progressOf(hash: ScanHash, counts: number[]): Progress {
  const count = (status: ItemStatus): number => counts[ITEM_STATUSES.indexOf(status)] ?? 0
  const ended = {
    succeeded: count('succeeded'),
    failed: count('failed'),
    skipped: count('skipped'),
    canceled: count('canceled'),
  }
  const finished = ended.succeeded + ended.failed + ended.skipped + ended.canceled
  return {
    total: hash.total ?? null,
    queued: count('queued'),
    running: count('running'),
    retrying: count('retrying'),
    ...ended,
    finished,
    percent: percentOf(finished, hash),
  }
}

/** Rounded down: 100 means that nothing is left. */
function percentOf(finished: number, { total }: ScanHash): number {
  if (total === undefined) return 0
  return total === 0 ? 100 : Math.floor((finished / total) * 1000) / 10
}

function usageOf(hash: ScanHash): Scan['usage'] {
  const { inputTokens, cachedTokens, outputTokens, estimatedTokens } = hash
  const { calls, cacheHits, costMicros } = hash
  const costUsd = hash.unpriced === undefined ? costMicros / 1_000_000 : null
  return {
    inputTokens,
    cachedTokens,
    outputTokens,
    estimatedTokens,
    calls,
    cacheHits,
    costUsd,
    pricing: classifyPricing(costUsd, estimatedTokens),
  }
}

function budgetOf({ maxTokens, maxCostMicros, maxFailures, stoppedBy }: ScanHash): Scan['budget'] {
  return {
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(maxCostMicros === undefined ? {} : { maxCostUsd: maxCostMicros / 1_000_000 }),
    ...(maxFailures === undefined ? {} : { maxFailures }),
    stoppedBy: stoppedBy ?? null,
  }
}

function failuresOf(
  raw: Record<string, string>,
  sample: string[],
  { discarded }: ScanHash,
): Scan['failures'] {
  return { byReason: failuresByReason(raw), sample: failureSample(sample), discarded }
}

function failuresByReason(raw: Record<string, string>): Scan['failures']['byReason'] {
  const byReason: Scan['failures']['byReason'] = {}
  for (const [field, count] of Object.entries(raw)) {
    if (!field.startsWith('failed:') || Number(count) <= 0) continue
    byReason[ItemReason.parse(field.slice('failed:'.length))] = Number(count)
  }
  return byReason
}

function failureSample(flat: string[]): Scan['failures']['sample'] {
  return Object.entries(pairs(flat)).flatMap(([resource, state]) => {
    const { p: problem } = FailedState.parse(JSON.parse(state))
    return problem ? [{ resource, problem }] : []
  })
}

function pairs(flat: string[]): Record<string, string> {
  const record: Record<string, string> = {}
  for (let index = 0; index + 1 < flat.length; index += 2) {
    record[flat[index] ?? ''] = flat[index + 1] ?? ''
  }
  return record
}
