import type { Redis } from 'ioredis'
import type { Provider } from '@capstan/shared/contract/provider'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { WorkerStatus } from '@capstan/shared/contract/worker-status'
import type { CallBlock } from '@capstan/scan-store/journal/work-eta'
import { readRoutePauses } from '@capstan/scan-store/queue/pause-route'
import type { RedisKeys } from '@capstan/redis/keys'
import { resolveRoute, buildRouteQueueName } from '@capstan/scan-store/routes/route'
import { serving } from './serving-workers.ts'

interface StandstillDeps {
  redis: Redis
  keys: RedisKeys
}

type ScanRoute = Pick<Scan, 'provider' | 'model'>

const OPERATOR_PAUSE =
  'an operator has paused the queues; POST /api/v1/queue/resume or `capstan queue resume` lets them go on'
const NO_FREE_ROUTE =
  'as many models are in use as this installation allows; the scan goes on when one of them is free (CAPSTAN_MAX_ROUTES)'

/** Why no job of a scan is started, when it is not the provider's doing; null when jobs are. */
export async function readStandstill(
  { redis, keys }: StandstillDeps,
  workers: WorkerStatus[],
  scan: ScanRoute,
): Promise<CallBlock | null> {
  if (serving(workers, scan.provider).length === 0) return forNow(noWorker(scan.provider))
  const queue = buildRouteQueueName(resolveRoute(scan.provider, scan.model))
  const [isPaused, isLive] = await Promise.all([
    redis.exists(keys.queuesPaused),
    redis.hexists(keys.routes, queue),
  ])
  if (isPaused === 1) return forNow(OPERATOR_PAUSE)
  return isLive === 0 ? forNow(NO_FREE_ROUTE) : null
}

/** Why the queue of a scan's route is paused; null when it is not. */
export async function readRouteBlock(
  { redis, keys }: StandstillDeps,
  { provider, model }: ScanRoute,
): Promise<CallBlock | null> {
  const queue = buildRouteQueueName(resolveRoute(provider, model))
  const [pause] = await readRoutePauses(redis, keys, [queue])
  if (!pause) return null
  const { account, because, untilMs } = pause
  return { account, because, forMs: Math.max(0, untilMs - Date.now()) }
}

function noWorker(provider: Provider): string {
  return provider === 'demo'
    ? 'no worker is online'
    : `no worker with credentials for ${provider} is online`
}

/** Only a person or a worker can end it. */
function forNow(because: string): CallBlock {
  return { account: null, because, forMs: null }
}
