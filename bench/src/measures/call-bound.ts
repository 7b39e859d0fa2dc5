import type { CallRecord } from '@capstan/provider-sim/call/call-record'
import { computeLowerBound, type LowerBound, type Supply } from '../lower-bound.ts'

/** The fields of a call that its bound needs. */
export type BoundedCall = Pick<
  CallRecord,
  | 'account'
  | 'group'
  | 'subject'
  | 'verdict'
  | 'latencyMs'
  | 'buckets'
  | 'inputTokens'
  | 'cacheWriteTokens'
  | 'cachedTokens'
  | 'outputTokens'
>

/**
 * The lower bound of the answered types, in real ms, from the simulator's log: drawn latencies, bucket usage
 * of each call, and capacities of all accounts. A second answer to a type does not count.
 */
export function computeCallBound(calls: BoundedCall[], slots: number, timeScale = 1): LowerBound {
  const once = selectAnsweredOnce(calls)
  const latencies = once.map(({ latencyMs }) => latencyMs / timeScale)
  return computeLowerBound(latencies, slots, listSupplies(once, timeScale))
}

/** One answered call for each type. */
export function selectAnsweredOnce<Call extends Pick<BoundedCall, 'verdict' | 'subject'>>(
  calls: Call[],
): Call[] {
  const answered = calls.filter(({ verdict }) => verdict === 'answered')
  return [...new Map(answered.map((call) => [call.subject, call])).values()]
}

function listSupplies(calls: BoundedCall[], timeScale: number): Supply[] {
  const holders = new Map<string, { name: string; capacity: number; perMs: number }>()
  const needed = new Map<string, number>()
  for (const call of calls) {
    for (const { name, capacity, perMinute, took } of call.buckets) {
      const holder = JSON.stringify([call.account, call.group, name])
      holders.set(holder, { name, capacity, perMs: (perMinute * timeScale) / 60_000 })
      needed.set(name, (needed.get(name) ?? 0) + computeBucketUse(call, name, took))
    }
  }
  return [...needed].map(([name, amount]) => {
    const own = [...holders.values()].filter((holder) => holder.name === name)
    const sum = (of: (holder: { capacity: number; perMs: number }) => number): number =>
      own.reduce((total, holder) => total + of(holder), 0)
    return {
      name,
      needed: amount,
      capacity: sum(({ capacity }) => capacity),
      perMs: sum(({ perMs }) => perMs),
    }
  })
}

/** A refunded reservation was not used. */
export function computeBucketUse(call: BoundedCall, bucket: string, took: number): number {
  if (bucket === 'output-tokens') return call.outputTokens
  if (bucket !== 'tokens') return took
  return call.inputTokens + call.cacheWriteTokens + call.cachedTokens + call.outputTokens
}
