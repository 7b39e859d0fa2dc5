import type { BucketName } from '@capstan/provider-sim/limits/bucket-rules'
import { TokenBucket } from '@capstan/provider-sim/limits/token-bucket'
import { selectAnsweredOnce, computeBucketUse, type BoundedCall } from './call-bound.ts'

/** What is under way and when it ends. */
interface Running {
  endMs: number
  settle: () => void
}

/** The buckets of one account and model group. */
type Account = Map<BucketName, TokenBucket>

const SECONDS = 60

/**
 * How long (real ms) an engine would take that costs nothing and knows no latency beforehand: the answered calls in the
 * order in which they came, each started the moment a slot is free and any account has what it needs at the door. What
 * it takes beyond the lower bound no engine saves: slots that run empty at the end, output that is reserved and not
 * written, a last call that is not the fastest.
 */
export function computeIdealLimitedSchedule(
  calls: BoundedCall[],
  slots: number,
  timeScale = 1,
): number {
  const running: Running[] = []
  const accounts = accountsOf(calls)
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
      const { account, waitMs } = nearest(accounts, call, nowMs)
      if (waitMs <= 0) {
        const begun = begin(account, call, nowMs)
        insert(running, begun)
        endMs = Math.max(endMs, begun.endMs)
        break
      }
      // Whatever ends meanwhile may give something back.
      const first = running[0]
      if (first && first.endMs < nowMs + waitMs) endFirst()
      else nowMs += waitMs
    }
  }
  return endMs / timeScale
}

function accountsOf(calls: BoundedCall[]): Account[] {
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

/** Who has first what the call needs at the door, and in how long (simulated ms). */
function nearest(accounts: Account[], { buckets }: BoundedCall, nowMs: number) {
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

/** Keeps the first to end first. */
function insert(running: Running[], begun: Running): void {
  const place = running.findIndex(({ endMs }) => endMs > begun.endMs)
  running.splice(place === -1 ? running.length : place, 0, begun)
}
