import { DIMENSIONS, type Dimension } from '@capstan/shared/contract/observed-limits'
import { z } from 'zod'
import type { AcquireResult, DimensionState, EndedBlock, LimitsSnapshot } from '../types.ts'
import { findBlock } from './find-block.ts'

const AcquireReply = z.union([
  z.tuple([z.literal('unconfigured')]),
  z.tuple([
    z.literal('wait'),
    z.int(),
    z.enum([...DIMENSIONS, 'concurrency', 'paused', 'breaker']),
  ]),
  z.tuple([
    z.literal('granted'),
    z.int(),
    z.int(),
    z.enum(['', 'half-open']),
    z.int(),
    z.int(),
    z.int(),
    z.int(),
  ]),
])

/** Parses the reply of acquire.lua. Throws ZodError if it is malformed. */
export function parseAcquireReply(reply: unknown): AcquireResult | { outcome: 'unconfigured' } {
  const parsed = AcquireReply.parse(reply)
  if (parsed[0] === 'unconfigured') return { outcome: 'unconfigured' }
  if (parsed[0] === 'wait') return { outcome: 'wait', waitMs: parsed[1], because: parsed[2] }
  const [, epoch, atMs, change, requests, input, output, tokens] = parsed
  return {
    outcome: 'granted',
    epoch,
    atMs,
    reserved: { requests, 'input-tokens': input, 'output-tokens': output, tokens },
    ...(change === '' ? {} : { breaker: { to: change, forMs: 0 } }),
  }
}

const ResumeReply = z.tuple([z.int(), z.int(), z.string(), z.int(), z.string()])

/** Parses the reply of resume.lua; null if nothing was blocked. Throws ZodError if it is malformed. */
export function parseResumeReply(reply: unknown): EndedBlock | null {
  const [atMs, pausedMs, pauseReason, openMs, breakerReason] = ResumeReply.parse(reply)
  const ended = findBlock({
    paused: pausedMs > 0 ? { forMs: pausedMs, reason: pauseReason } : null,
    breaker: {
      state: openMs > 0 ? 'open' : 'closed',
      forMs: openMs,
      reason: breakerReason || null,
    },
  })
  return ended && { reason: ended.because, until: new Date(atMs + ended.forMs).toISOString() }
}

/** Units per token, as in lua/buckets.lua. */
const UNIT = 300_000_000

const Decimal = z.string().transform(Number).pipe(z.number())
const OptionalNumber = z.string().transform((text) => (text === '' ? null : Number(text)))
const BucketReply = z.tuple([
  OptionalNumber,
  OptionalNumber,
  OptionalNumber,
  OptionalNumber,
  Decimal,
])
const SnapshotReply = z.tuple([
  z.int(),
  z.array(BucketReply).length(DIMENSIONS.length),
  z.tuple([Decimal, Decimal, z.int(), z.int(), z.int(), z.string()]),
  z.tuple([z.int(), z.string()]),
  z.tuple([z.enum(['closed', 'open', 'half-open']), z.int(), z.int(), z.int(), z.string()]),
  z.tuple([z.union([z.int(), z.literal('')]), Decimal]),
  z.tuple([Decimal, Decimal, Decimal]),
  z.tuple([z.enum([...DIMENSIONS, 'concurrency', '']), z.int()]),
])

/** Parses the reply of snapshot.lua. Throws ZodError if it is malformed. */
export function parseSnapshotReply(reply: unknown): LimitsSnapshot {
  const [atMs, buckets, slots, pause, breaker, latency, estimate, wait] = SnapshotReply.parse(reply)
  const [limit, max, inFlight, waiting, expiredLeases, decreaseReason] = slots
  const [state, epoch, forMs, unhealthyMs, reason] = breaker
  const [charactersPerToken, outputTokens, cachedTokens] = estimate
  return {
    atMs,
    dimensions: asDimensions(buckets),
    concurrency: { limit, max, inFlight, decreaseReason: decreaseReason || null },
    waiting,
    wait: wait[0] === '' ? null : { because: wait[0], forMs: wait[1] },
    paused: pause[0] > 0 ? { forMs: pause[0], reason: pause[1] } : null,
    breaker: { state, epoch, forMs, unhealthyMs, reason: reason || null },
    latency: latency[0] === '' ? null : { medianMs: latency[0], sigma: Math.sqrt(latency[1]) },
    estimate: { charactersPerToken, outputTokens, cachedTokens },
    expiredLeases,
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
