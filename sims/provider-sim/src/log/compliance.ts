import type { CallRecord } from '../call/call-record.ts'
import type { BucketName } from '../limits/bucket-rules.ts'

const MINUTE_MS = 60_000

/** How well a client kept one bucket. Amounts are requests or tokens, times are simulated. */
export interface BucketUse {
  account: string
  group: string
  bucket: BucketName
  /** The latest limit. */
  perMinute: number
  capacity: number
  /** Calls that this bucket rejected. */
  violations: number
  admitted: number
  /** Maximum taken within any minute. A full bucket and its refill allow capacity + perMinute. */
  peakMinute: number
  /** Lowest level at an arrival; below zero when more was produced than available. */
  lowestLevel: number
}

export interface Compliance {
  calls: number
  admitted: number
  /** Rejections by reason. */
  refusals: Record<string, number>
  /** 429 responses per 1,000 calls. */
  violationsPerThousand: number
  /** Maximum concurrent calls by account. */
  peakInFlight: Record<string, number>
  buckets: BucketUse[]
}

/** Measures from the call log how well clients kept the limits. */
export function measureCompliance(calls: readonly CallRecord[]): Compliance {
  const refused = calls.filter(({ refusedBy }) => refusedBy !== undefined)
  const limited = calls.filter(({ verdict }) => verdict === 'rate-limited')
  const peakInFlight: Record<string, number> = {}
  for (const call of calls) {
    if (call.refusedBy !== undefined) continue
    const peak = peakInFlight[call.account] ?? 0
    peakInFlight[call.account] = Math.max(peak, call.accountInFlight)
  }
  return {
    calls: calls.length,
    admitted: calls.length - refused.length,
    refusals: countBy(refused.map(({ refusedBy }) => refusedBy ?? '')),
    violationsPerThousand: calls.length === 0 ? 0 : (limited.length / calls.length) * 1000,
    peakInFlight,
    buckets: measureBuckets(calls),
  }
}

function measureBuckets(calls: readonly CallRecord[]): BucketUse[] {
  const uses = new Map<string, { use: BucketUse; taken: { atMs: number; amount: number }[] }>()
  for (const call of calls) {
    for (const level of call.buckets) {
      const { account, group } = call
      const id = JSON.stringify([account, group, level.name])
      const known = uses.get(id) ?? { use: createEmptyUse(account, group, level.name), taken: [] }
      const amount = level.took + computeProduced(call, level.name)
      known.use.perMinute = level.perMinute
      known.use.capacity = level.capacity
      known.use.violations += call.refusedBy === level.name ? 1 : 0
      known.use.admitted += amount
      known.use.lowestLevel = Math.min(known.use.lowestLevel, level.level)
      known.taken.push({ atMs: call.atSimMs, amount })
      uses.set(id, known)
    }
  }
  return [...uses.values()].map(({ use, taken }) => ({ ...use, peakMinute: findPeakMinute(taken) }))
}

/** Output is not taken at admission, but counts towards the minute of its call. */
function computeProduced(call: CallRecord, bucket: BucketName): number {
  return bucket === 'output-tokens' && call.refusedBy === undefined ? call.outputTokens : 0
}

function createEmptyUse(account: string, group: string, bucket: BucketName): BucketUse {
  return {
    account,
    group,
    bucket,
    perMinute: 0,
    capacity: 0,
    violations: 0,
    admitted: 0,
    peakMinute: 0,
    lowestLevel: Infinity,
  }
}

/** The largest sum within any span of one minute. */
function findPeakMinute(taken: { atMs: number; amount: number }[]): number {
  const ordered = taken.toSorted((one, other) => one.atMs - other.atMs)
  let [sum, peak, first] = [0, 0, 0]
  for (const { atMs, amount } of ordered) {
    sum += amount
    for (
      let oldest = ordered[first];
      oldest && oldest.atMs <= atMs - MINUTE_MS;
      oldest = ordered[first]
    ) {
      sum -= oldest.amount
      first += 1
    }
    peak = Math.max(peak, sum)
  }
  return peak
}

function countBy(names: string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}
