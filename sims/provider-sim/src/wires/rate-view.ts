import type { BucketName } from '../limits/bucket-rules.ts'
import type { BucketView } from '../limits/account-limits.ts'
import type { HeadersConfig } from '../sim-config.ts'

/** One limit as headers show it, in real time. */
export interface RateView {
  name: BucketName
  /** Per real minute. */
  limit: number
  remaining: number
  resetMs: number
}

const FACTORS = { exact: 1, stale: 1, missing: 1, doubled: 2, halved: 0.5 }

/** Scales buckets to real time and applies the configured header faults. */
export function scaleRateView(
  buckets: BucketView[],
  style: HeadersConfig['limits'],
  timeScale: number,
): RateView[] {
  if (style === 'missing') return []
  const factor = FACTORS[style]
  return buckets.map(({ name, limit, remaining, resetMs }) => ({
    name,
    limit: limit * factor * timeScale,
    remaining: remaining * factor,
    resetMs: resetMs / timeScale,
  }))
}

/** The tightest token limit: the one with the smallest remaining share. */
export function findTightest(view: RateView[]): RateView | undefined {
  return view
    .filter(({ name }) => name.includes('tokens'))
    .toSorted((one, other) => one.remaining / one.limit - other.remaining / other.limit)[0]
}
