import type { Redis } from 'ioredis'
import type { Provider } from '@capstan/shared/contract/provider'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { WorkerStatus } from '@capstan/shared/contract/worker-status'
import type { CallBlock } from '@capstan/scan-store/journal/eta/estimate-eta-by-capacity'
import { readRoutePauses } from '@capstan/scan-store/queue/pause-route'
import type { RedisKeys } from '@capstan/redis/keys'
import { resolveRoute, buildRouteQueueName } from '@capstan/scan-store/routes/route'
import { selectServingWorkers } from './serving-workers.ts'

interface BlockDeps {
  redis: Redis
  keys: RedisKeys
}

type ScanRoute = Pick<Scan, 'provider' | 'model'>

const OPERATOR_PAUSE =
  'an operator has paused the queues; POST /api/v1/queue/resume or `capstan queue resume` resumes them'
const NO_FREE_ROUTE =
  'the maximum number of models is in use (CAPSTAN_MAX_ROUTES); the scan continues when one is free'

/** Returns why no job of a scan starts, for reasons other than the provider; null if there is none. */
export async function readBlockReason(
  { redis, keys }: BlockDeps,
  workers: WorkerStatus[],
  scan: ScanRoute,
): Promise<CallBlock | null> {
  if (selectServingWorkers(workers, scan.provider).length === 0)
    return createOpenBlock('no-worker', describeMissingWorker(scan.provider))
  const queue = buildRouteQueueName(resolveRoute(scan.provider, scan.model))
  const [isPaused, isLive] = await Promise.all([
    redis.exists(keys.queuesPaused),
    redis.hexists(keys.routes, queue),
  ])
  if (isPaused === 1) return createOpenBlock('paused', OPERATOR_PAUSE)
  return isLive === 0 ? createOpenBlock('paused', NO_FREE_ROUTE) : null
}

/** Returns why the queue of the scan's route is paused; null if it is not. */
export async function readRouteBlock(
  { redis, keys }: BlockDeps,
  { provider, model }: ScanRoute,
): Promise<CallBlock | null> {
  const queue = buildRouteQueueName(resolveRoute(provider, model))
  const [pause] = await readRoutePauses(redis, keys, [queue])
  if (!pause) return null
  const { account, because, untilMs } = pause
  return { kind: 'paused', account, because, forMs: Math.max(0, untilMs - Date.now()) }
}

function describeMissingWorker(provider: Provider): string {
  return provider === 'demo'
    ? 'no worker is online'
    : `no worker with credentials for ${provider} is online`
}

/** Creates a block without an end: an operator or a new worker must end it. */
function createOpenBlock(kind: CallBlock['kind'], because: string): CallBlock {
  return { kind, account: null, because, forMs: null }
}
