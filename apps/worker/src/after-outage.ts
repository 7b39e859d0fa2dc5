import type { Redis } from 'ioredis'

/** Connections come back within two seconds of each other, and a kept answer is stored a moment later. */
const GRACE_MS = 10_000

/**
 * Says whether a start may do again what an earlier start of its type had begun. Not while Redis is away and shortly
 * after: the locks of all jobs have run out by then, although their workers live and hold answers that are paid for.
 */
export function afterOutage(redis: Pick<Redis, 'on'>): () => boolean {
  let graceEndsAt = 0
  redis.on('close', () => (graceEndsAt = Number.POSITIVE_INFINITY))
  redis.on('ready', () => {
    if (graceEndsAt > 0) graceEndsAt = performance.now() + GRACE_MS
  })
  return () => performance.now() > graceEndsAt
}
