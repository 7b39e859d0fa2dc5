import type { Redis } from 'ioredis'
import type { RedisKeys } from '@capstan/redis/keys'
import { openProviderCheckChannel } from '@capstan/scan-store/workers/provider-check-channel'
import { subscribeToSignals } from '@capstan/redis/signals/subscribe-to-signals'
import { openCheckAnswerer, type CheckAnswererDeps } from '../provider-check/answer-checks.ts'
import type { Dialects } from '../call/dialects/open-dialects.ts'
import type { RouteConsumers } from './consume-routes.ts'

export interface WorkerSignalDeps extends Omit<CheckAnswererDeps, 'channel'> {
  redis: Redis
  keys: RedisKeys
  consumers: Pick<RouteConsumers, 'interruptScan' | 'look' | 'wake'>
  dialects: Pick<Dialects, 'forget'>
}

/** Executes signals to workers until it is stopped. `subscriber` must be used for nothing else; the caller owns it. */
export async function followWorkerSignals(
  subscriber: Redis,
  { redis, keys, consumers, dialects, ...deps }: WorkerSignalDeps,
): Promise<{ stop(): Promise<void> }> {
  const checks = openCheckAnswerer({ ...deps, channel: openProviderCheckChannel(redis, keys) })
  const follower = await subscribeToSignals(subscriber, keys, (signal) => {
    switch (signal.type) {
      case 'cancel':
        return consumers.interruptScan(signal.scanId, 'canceled')
      case 'check':
        return checks.answer(signal.check)
      case 'routes':
        return consumers.look()
      case 'route-resumed':
        return consumers.wake()
      case 'dialect':
        return dialects.forget(signal.account, signal.model)
      case 'pause':
        return consumers.interruptScan(signal.scanId, 'paused')
    }
  })
  return {
    stop: async () => {
      await follower.stop()
      await checks.stop()
    },
  }
}
