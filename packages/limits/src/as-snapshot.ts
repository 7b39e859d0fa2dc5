import { z } from 'zod'
import { DIMENSIONS, type Dimension } from '@capstan/shared/contract/observed-limits'
import type { DimensionState, LimitsSnapshot } from './types.ts'

/** Units of a token, as in lua/buckets.lua. */
const UNIT = 300_000_000

const Decimal = z.string().transform(Number).pipe(z.number())
const Maybe = z.string().transform((text) => (text === '' ? null : Number(text)))
const BucketReply = z.tuple([Maybe, Maybe, Maybe, Maybe, Decimal])
const SnapshotReply = z.tuple([
  z.int(),
  z.array(BucketReply).length(DIMENSIONS.length),
  z.tuple([Decimal, Decimal, z.int(), z.int(), z.int(), z.string()]),
  z.tuple([z.int(), z.string()]),
  z.tuple([z.enum(['closed', 'open', 'half-open']), z.int(), z.int(), z.int(), z.string()]),
  z.tuple([z.union([z.int(), z.literal('')]), Decimal]),
  z.tuple([Decimal, Decimal, Decimal]),
])

/** What snapshot.lua returned. Throws ZodError for anything else. */
export function asSnapshot(reply: unknown): LimitsSnapshot {
  const [atMs, buckets, slots, pause, breaker, latency, estimate] = SnapshotReply.parse(reply)
  const [limit, max, inFlight, waiting, lostLeases, lowered] = slots
  const [state, epoch, forMs, brokenMs, reason] = breaker
  const [charactersPerToken, outputTokens, cachedTokens] = estimate
  return {
    atMs,
    dimensions: asDimensions(buckets),
    concurrency: { limit, max, inFlight, lowered: lowered || null },
    waiting,
    paused: pause[0] > 0 ? { forMs: pause[0], reason: pause[1] } : null,
    breaker: { state, epoch, forMs, brokenMs, reason: reason || null },
    latency: latency[0] === '' ? null : { medianMs: latency[0], sigma: Math.sqrt(latency[1]) },
    estimate: { charactersPerToken, outputTokens, cachedTokens },
    lostLeases,
  }
}

function asDimensions(buckets: z.infer<typeof BucketReply>[]): LimitsSnapshot['dimensions'] {
  const found: Partial<Record<Dimension, DimensionState>> = {}
  for (const [index, dimension] of DIMENSIONS.entries()) {
    const [configured, observed, limit, capacity, used] = buckets[index] ?? []
    if (limit === undefined || limit === null) continue
    found[dimension] = {
      limit,
      configured: configured ?? null,
      observed: observed ?? null,
      capacity: (capacity ?? 0) / UNIT,
      available: ((capacity ?? 0) - (used ?? 0)) / UNIT,
    }
  }
  return found
}
