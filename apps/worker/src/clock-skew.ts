import type { Redis } from 'ioredis'
import type { Log } from '@capstan/shared/log'

const TOLERATED_MS = 2_000

/**
 * Warns when this machine's clock is off: BullMQ takes the time from its clients, so a fast clock here
 * starts delayed jobs early (one delayed by a minute ran after 0.13 s on a clock an hour ahead).
 */
export async function warnOfClockSkew(redis: Pick<Redis, 'time'>, log: Log): Promise<void> {
  const [seconds, micros] = await redis.time()
  const skewMs = Math.round(Date.now() - (Number(seconds) * 1_000 + Number(micros) / 1_000))
  if (Math.abs(skewMs) <= TOLERATED_MS) return
  log.warn(
    { skewMs },
    'the clock differs from that of Redis; delays of retries will be wrong by as much',
  )
}
