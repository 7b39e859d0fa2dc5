import type { Redis } from 'ioredis'
import type { RedisKeys } from '@capstan/shared/redis/keys'
import { openCheckDesk } from '@capstan/shared/signals/check-desk'
import { followSignals } from '@capstan/shared/signals/follow-signals'
import { openCheckAnswerer, type CheckAnswererDeps } from './answer-checks.ts'
import type { InferWorker } from './infer-worker.ts'

export interface ObeyDeps extends Omit<CheckAnswererDeps, 'desk'> {
  redis: Redis
  keys: RedisKeys
  worker: Pick<InferWorker, 'cancelScan'>
}

/** Does what workers are told at once, until it is stopped. `subscriber` is a connection of its own and stays the caller's. */
export async function obeySignals(
  subscriber: Redis,
  { redis, keys, worker, ...deps }: ObeyDeps,
): Promise<{ stop(): Promise<void> }> {
  const checks = openCheckAnswerer({ ...deps, desk: openCheckDesk(redis, keys) })
  const follower = await followSignals(subscriber, keys, (signal) => {
    // A paused scan's running calls are paid for already and go on.
    if (signal.type === 'cancel') worker.cancelScan(signal.scanId)
    if (signal.type === 'check') checks.answer(signal.check)
  })
  return {
    stop: async () => {
      await follower.stop()
      await checks.stop()
    },
  }
}
