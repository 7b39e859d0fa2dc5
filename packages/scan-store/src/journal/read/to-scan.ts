import { buildProgress } from '@capstan/shared/build-progress'
import { z } from 'zod'
import { ItemProblem, ItemReason } from '@capstan/shared/contract/problem'
import { isDone, ScanStatus } from '@capstan/shared/contract/scan/scan-status'
import { ITEM_STATUSES } from '@capstan/shared/contract/scan/scan-item'
import { UNKNOWN_ETA } from '@capstan/shared/contract/speed/eta'
import type { Progress } from '@capstan/shared/contract/scan/progress'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { usesBatches } from '../../batches/uses-batches.ts'
import { classifyPricing } from '@capstan/shared/prices/classify-pricing'
import { buildBoardQueuePath } from '../../queue/board-path.ts'
import { resolveRoute, buildRouteQueueName } from '../../routes/route.ts'
import { buildEta } from '../eta/build-eta.ts'
import { buildNotFaster } from '../eta/build-not-faster.ts'
import type { ScanForecast } from '../eta/scan-forecast.ts'
import { buildUiScanPath } from '../ui-paths.ts'
import { buildSaved, parseModelMean } from './build-saved.ts'
import { ScanHash } from './scan-hash.ts'

const Json = z.string().transform((text): unknown => JSON.parse(text))

/** Reply of snapshot.lua. */
export const SnapshotReply = z.tuple([
  z.array(z.string()),
  z.array(z.int()).length(7),
  z.array(z.string()),
  z.number(),
  z.array(z.union([z.string(), z.int()])),
  z.string(),
  z.number(),
])

const FailedState = z.object({ p: Json.pipe(ItemProblem).optional() })

/** Builds the public view of a scan from a snapshot. Undefined for an unknown scan. */
export function toScan(
  reply: z.infer<typeof SnapshotReply>,
  forecast?: ScanForecast,
): Scan | undefined {
  const [flat, counts, failures, nowMs, waits, mean, newestStart] = reply
  if (flat.length === 0) return undefined
  const raw = pairs(flat)
  const hash = ScanHash.parse(raw)
  const progress = toProgress(hash, counts)
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
    curated: hash.curated,
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
    warnings: buildWarnings(hash, forecast),
    waitingFor: isWorking(hash.status) ? findLargestWait(waits) : null,
    throttle: isWorking(hash.status) ? buildThrottle(hash.model, nowMs, forecast) : null,
    notFaster: describeSpeed(hash, { progress, waits, forecast }),
    eta: estimateEta(hash, { progress, nowMs, newestStart, forecast }),
    usage: buildUsage(hash, progress, mean),
    budget: buildBudget(hash),
    workMs: hash.workMs,
    pause: buildPause(hash, forecast),
    failures: buildFailures(raw, failures, hash),
    problem: hash.problem ?? null,
    lastSeq: hash.seq,
    links: buildLinks(hash),
  }
}

function buildLinks({ id, provider, model }: ScanHash): Scan['links'] {
  const self = `/api/v1/scans/${id}`
  const board = buildBoardQueuePath(buildRouteQueueName(resolveRoute(provider, model)))
  return {
    self,
    events: `${self}/events`,
    resources: `${self}/resources`,
    ui: buildUiScanPath(id),
    board,
  }
}

function isWorking(status: ScanStatus): boolean {
  return !isDone(status) && status !== 'paused'
}

/** Warnings of the plan, and the current reasons why the scan does not proceed. */
function buildWarnings(
  { warnings, status }: ScanHash,
  forecast: ScanForecast | undefined,
): string[] {
  return forecast && isWorking(status) ? [...warnings, ...forecast.warnings] : warnings
}

function buildThrottle(
  model: string,
  nowMs: number,
  forecast: ScanForecast | undefined,
): Scan['throttle'] {
  const blocked = forecast?.blocked ?? forecast?.capacity?.blocked
  if (!blocked) return null
  const { account, because, forMs } = blocked
  const until = forMs === null ? null : new Date(nowMs + forMs).toISOString()
  return { account, model, because, until, fault: forecast?.fault ?? null }
}

function buildPause({ pause }: ScanHash, forecast: ScanForecast | undefined): Scan['pause'] {
  if (!pause) return null
  const fault = pause.fault ?? forecast?.fault
  return fault ? { ...pause, fault } : pause
}

interface SpeedParts {
  progress: Progress
  waits: (string | number)[]
  forecast: ScanForecast | undefined
}

function describeSpeed(
  hash: ScanHash,
  { progress, waits, forecast }: SpeedParts,
): Scan['notFaster'] {
  if (isDone(hash.status)) return null
  const { status, model, concurrency = null, stoppedBy = null, pause } = hash
  const waitingFor = findLargestWait(waits)
  return buildNotFaster(
    { status, model, concurrency, progress, waitingFor, stoppedBy, pause },
    forecast?.speed,
  )
}

interface EtaParts extends Pick<SpeedParts, 'progress' | 'forecast'> {
  nowMs: number
  /** 0 when no type runs. */
  newestStart: number
}

function estimateEta(
  hash: ScanHash,
  { progress, nowMs, newestStart, forecast }: EtaParts,
): Scan['eta'] {
  if (!isWorking(hash.status)) return UNKNOWN_ETA
  const recentMs = hash.recent.split(',').filter(Boolean).map(Number)
  return buildEta(
    {
      progress,
      recentMs,
      nowMs,
      newestStartMs: newestStart === 0 ? undefined : newestStart,
      inputTokens: hash.leftTokens,
      concurrency: hash.concurrency,
      usesBatches: usesBatches(hash),
    },
    forecast,
  )
}

function toProgress({ total }: ScanHash, counts: number[]): Progress {
  return buildProgress(total ?? null, (status) => counts[ITEM_STATUSES.indexOf(status)] ?? 0)
}

function buildUsage(hash: ScanHash, progress: Progress, mean: string): Scan['usage'] {
  const { inputTokens, cachedTokens, outputTokens, estimatedTokens } = hash
  const { calls, cacheHits, curatedAnswers, costMicros } = hash
  const costUsd = hash.unpriced === undefined ? costMicros / 1_000_000 : null
  return {
    inputTokens,
    cachedTokens,
    outputTokens,
    estimatedTokens,
    calls,
    cacheHits,
    curatedAnswers,
    saved: buildSaved(hash, progress.succeeded, parseModelMean(mean)),
    costUsd,
    pricing: classifyPricing(costUsd, estimatedTokens),
  }
}

function buildBudget({
  maxTokens,
  maxCostMicros,
  maxFailures,
  stoppedBy,
}: ScanHash): Scan['budget'] {
  return {
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(maxCostMicros === undefined ? {} : { maxCostUsd: maxCostMicros / 1_000_000 }),
    ...(maxFailures === undefined ? {} : { maxFailures }),
    stoppedBy: stoppedBy ?? null,
  }
}

function buildFailures(
  raw: Record<string, string>,
  sample: string[],
  { discarded }: ScanHash,
): Scan['failures'] {
  return { byReason: countFailuresByReason(raw), sample: parseFailures(sample), discarded }
}

function countFailuresByReason(raw: Record<string, string>): Scan['failures']['byReason'] {
  const byReason: Scan['failures']['byReason'] = {}
  for (const [field, count] of Object.entries(raw)) {
    if (!field.startsWith('failed:') || Number(count) <= 0) continue
    byReason[ItemReason.parse(field.slice('failed:'.length))] = Number(count)
  }
  return byReason
}

function parseFailures(flat: string[]): Scan['failures']['sample'] {
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

/** Finds the scan that most types wait for. `waits`: pairs of a scan id and the number of types. */
function findLargestWait(waits: (string | number)[]): Scan['waitingFor'] {
  let most: Scan['waitingFor'] = null
  for (let index = 0; index + 1 < waits.length; index += 2) {
    const [scanId, types] = [String(waits[index]), Number(waits[index + 1])]
    if (types > (most?.types ?? 0)) most = { scanId, types }
  }
  return most
}
