import type {
  CallBlock,
  CapacityBucket,
  ScanCapacity,
} from '@capstan/scan-store/journal/eta/estimate-eta-by-capacity'
import type { CapacityChange } from '@capstan/scan-store/journal/eta/scan-forecast'
import { DIMENSIONS, type Dimension } from '@capstan/shared/contract/observed-limits'
import { ANSWER_TOKENS } from '@capstan/shared/inference/answer-tokens'
import type { LimitsSnapshot } from '@capstan/limits/types'

/** Capacity that the scans of a route share. */
export interface SharedCapacity {
  snapshots: LimitsSnapshot[]
  blocked: CallBlock | null
  /** Slots of all workers. */
  slots: number
  /** Unfinished scans of the route. */
  scans: number
  /** Maximum number of types in one multi-type prompt. */
  typesPerCall: number
}

/** Accounts of one provider add up. Concurrent scans share the capacity. */
export function combineCapacity(shared: SharedCapacity): ScanCapacity {
  const { snapshots, slots, scans, blocked } = shared
  const allowed = sumCallLimits(snapshots)
  const known = snapshots.flatMap(({ latency }) => (latency ? [latency] : []))
  return {
    concurrency: Math.max(1, Math.min(slots, allowed) / scans),
    concurrencyBound: allowed < slots ? 'concurrency' : 'few-slots',
    inFlight: snapshots.reduce((sum, { concurrency }) => sum + concurrency.inFlight, 0) / scans,
    latency: known.toSorted((a, b) => a.medianMs - b.medianMs)[0] ?? null,
    blocked,
    buckets: DIMENSIONS.flatMap((dimension) => combineBuckets(shared, dimension)),
  }
}

/** The capacity with one worker more, and with twice each limit that the accounts have. */
export function listCapacityChanges(shared: SharedCapacity, workers: number): CapacityChange[] {
  const { snapshots, slots } = shared
  const has = (...dimensions: Dimension[]): boolean =>
    dimensions.some((dimension) => snapshots.some(({ dimensions: one }) => one[dimension]))
  const change = (name: CapacityChange['change'], changed: Partial<SharedCapacity>) => ({
    change: name,
    capacity: combineCapacity({ ...shared, ...changed }),
  })
  return [
    change('worker', { slots: slots + Math.round(slots / workers) }),
    ...(has('requests')
      ? [change('requests', { snapshots: multiplyLimits(snapshots, ['requests']) })]
      : []),
    ...(has(...TOKENS) ? [change('tokens', { snapshots: multiplyLimits(snapshots, TOKENS) })] : []),
    ...(sumCallLimits(snapshots) < slots
      ? [change('concurrency', { snapshots: snapshots.map(doubleConcurrency) })]
      : []),
  ]
}

const TOKENS: Dimension[] = ['input-tokens', 'output-tokens', 'tokens']

/** Sums the concurrency limits of accounts. */
export function sumCallLimits(snapshots: Pick<LimitsSnapshot, 'concurrency'>[]): number {
  return Math.floor(snapshots.reduce((sum, { concurrency }) => sum + concurrency.limit, 0))
}

/** Doubles limits a minute. The amounts that are left now stay. */
function multiplyLimits(snapshots: LimitsSnapshot[], doubled: Dimension[]): LimitsSnapshot[] {
  return snapshots.map((snapshot) => {
    const dimensions = { ...snapshot.dimensions }
    for (const dimension of doubled) {
      const state = dimensions[dimension]
      if (state) dimensions[dimension] = { ...state, limit: 2 * state.limit }
    }
    return { ...snapshot, dimensions }
  })
}

function doubleConcurrency(snapshot: LimitsSnapshot): LimitsSnapshot {
  const { concurrency } = snapshot
  return { ...snapshot, concurrency: { ...concurrency, limit: 2 * concurrency.limit } }
}

/** A dimension limits a scan only when every account has a limit for it. */
function combineBuckets(
  { snapshots, scans, typesPerCall }: SharedCapacity,
  dimension: Dimension,
): CapacityBucket[] {
  const states = snapshots.map(({ dimensions }) => dimensions[dimension])
  const limits = states.flatMap((state) => (state ? [state] : []))
  if (limits.length < states.length) return []
  const { outputTokens, cachedTokens } = snapshots[0]?.estimate ?? NO_ESTIMATE
  const perMinute = limits.reduce((sum, { limit }) => sum + limit, 0)
  return [
    {
      dimension,
      perMs: perMinute / 60_000 / scans,
      available: limits.reduce((sum, { available }) => sum + available, 0) / scans,
      // A plan estimates the tokens of prompt and answer together.
      cost: (planned) =>
        dimension === 'requests'
          ? computeRequestsPerType(typesPerCall)
          : computeTokensPerType(dimension, planned - ANSWER_TOKENS, {
              outputTokens,
              cachedTokens,
            }),
    },
  ]
}

/** Share of types of a large cluster that are small enough for a multi-type prompt. */
const COALESCED_SHARE = 0.75

/** Requests for one type. Where requests are the limit, types wait, and waiting types fill multi-type prompts. */
function computeRequestsPerType(typesPerCall: number): number {
  return 1 - COALESCED_SHARE + COALESCED_SHARE / typesPerCall
}

const NO_ESTIMATE = { outputTokens: ANSWER_TOKENS, cachedTokens: 0 }

function computeTokensPerType(
  dimension: Exclude<Dimension, 'requests'>,
  inputTokens: number,
  { outputTokens, cachedTokens }: { outputTokens: number; cachedTokens: number },
): number {
  switch (dimension) {
    case 'input-tokens':
      return Math.max(0, inputTokens - cachedTokens)
    case 'output-tokens':
      return outputTokens
    case 'tokens':
      return inputTokens + outputTokens
  }
}
