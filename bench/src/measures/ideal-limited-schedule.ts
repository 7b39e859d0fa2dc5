import type { BucketName } from '@capstan/provider-sim/limits/bucket-rules'
import { TokenBucket } from '@capstan/provider-sim/limits/token-bucket'
import { selectAnsweredOnce, computeBucketUse, type BoundedCall } from './call-bound.ts'

/** A running call and its end. */
interface Running {
  endMs: number
  settle: () => void
}

/** The buckets of one account and model group. */
type Account = Map<BucketName, TokenBucket>

const SECONDS = 60

/**
 * Time (real ms) of an ideal scheduler (zero overhead) that does not know latencies in advance: the answered
 * calls in order of arrival, each started as soon as a slot is free and an account can admit it. No engine
 * can avoid its excess over the lower bound: empty slots at the end, unused reservations, a slow last call.
 */
export function computeIdealLimitedSchedule(
  calls: BoundedCall[],
  slots: number,
  timeScale = 1,
): number {
  const running: Running[] = []
  const accounts = listAccounts(calls)
  let nowMs = 0
  let endMs = 0
  const endFirst = (): void => {
    const next = running.shift()
    if (!next) return
    nowMs = Math.max(nowMs, next.endMs)
    next.settle()
  }
  for (const call of selectAnsweredOnce(calls)) {
    if (running.length >= slots) endFirst()
    for (;;) {
      while (running[0] && running[0].endMs <= nowMs) endFirst()
      const { account, waitMs } = findNearestAccount(accounts, call, nowMs)
      if (waitMs <= 0) {
        const begun = begin(account, call, nowMs)
        insert(running, begun)
        endMs = Math.max(endMs, begun.endMs)
        break
      }
      // Calls that end in the meantime may refund a reservation.
      const first = running[0]
      if (first && first.endMs < nowMs + waitMs) endFirst()
      else nowMs += waitMs
    }
  }
  return endMs / timeScale
}

function listAccounts(calls: BoundedCall[]): Account[] {
  const accounts = new Map<string, Account>()
  for (const { account, group, buckets } of calls) {
    const id = JSON.stringify([account, group])
    const own = accounts.get(id) ?? new Map()
    accounts.set(id, own)
    for (const { name, perMinute, capacity } of buckets) {
      if (!own.has(name))
        own.set(name, new TokenBucket(perMinute, 0, (capacity / perMinute) * SECONDS))
    }
  }
  return [...accounts.values()]
}

/** The account that can admit the call first, and the wait until then (simulated ms). */
function findNearestAccount(accounts: Account[], { buckets }: BoundedCall, nowMs: number) {
  const waits = accounts.map((account) => ({
    account,
    waitMs: Math.max(
      0,
      ...buckets.map(({ name, need }) => account.get(name)?.waitMs(need, nowMs) ?? 0),
    ),
  }))
  return waits.reduce((best, next) => (next.waitMs < best.waitMs ? next : best))
}

function begin(account: Account, call: BoundedCall, nowMs: number): Running {
  const endMs = nowMs + call.latencyMs
  for (const { name, took } of call.buckets) account.get(name)?.take(took, nowMs)
  return {
    endMs,
    settle: () => {
      for (const { name, took } of call.buckets) {
        account.get(name)?.take(computeBucketUse(call, name, took) - took, endMs)
      }
    },
  }
}

/** Keeps the calls sorted by their end. */
function insert(running: Running[], begun: Running): void {
  const place = running.findIndex(({ endMs }) => endMs > begun.endMs)
  running.splice(place === -1 ? running.length : place, 0, begun)
}
