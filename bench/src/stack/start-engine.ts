import { randomBytes } from 'node:crypto'
import { startProcess, type RunningProcess } from '@capstan/testkit/start-process'
import { createRedisKeys, type RedisKeys } from '@capstan/redis/keys'
import { API_NODE_OPTIONS } from '@capstan/shared/config/node-options'
import { WORKER_NODE_OPTIONS } from '@capstan/shared/config/node-options'
import { deletePrefix } from './delete-prefix.ts'
import { splitEvenly } from './split-evenly.ts'

export interface EnginePlan {
  redisUrl: string
  /** Folder of CRD manifests that the API reads instead of a cluster. */
  clusterFiles: string
  /** Additional environment of each worker. */
  workerEnvironment?: Record<string, string>
}

/** API and workers with rule-based answers, without simulators, so that nothing else uses the CPU. */
export interface Engine extends AsyncDisposable {
  apiUrl: string
  apiPid: number
  keys: RedisKeys
  /** Starts workers that consume at once. The engine stops them at its end. */
  startWorkers(workers: number, concurrency: number): Promise<RunningProcess[]>
}

/** Starts one API process and no worker. Throws when it does not start. */
export async function startEngine(plan: EnginePlan): Promise<Engine> {
  const { redisUrl, clusterFiles, workerEnvironment } = plan
  await using stack = new AsyncDisposableStack()
  const keys = createRedisKeys(`{bench-${randomBytes(4).toString('hex')}}`)
  stack.defer(() => deletePrefix(redisUrl, keys.prefix))
  const shared = {
    REDIS_URL: redisUrl,
    CAPSTAN_REDIS_PREFIX: keys.prefix,
    CAPSTAN_PROVIDER: 'demo',
    LOG_LEVEL: 'warn',
    PORT: '0',
  }
  const start = async (
    app: 'api' | 'worker',
    environment: Record<string, string>,
  ): Promise<RunningProcess> => {
    const running = await startProcess(app, { ...shared, ...environment })
    started.defer(async () => void (await running.stop()))
    return running
  }
  const started = stack.use(new AsyncDisposableStack())
  const api = await start('api', {
    CAPSTAN_CLUSTER_FILES: clusterFiles,
    NODE_OPTIONS: API_NODE_OPTIONS,
  })
  const running = stack.move()
  return {
    apiUrl: api.url,
    apiPid: api.pid,
    keys,
    startWorkers: (workers, concurrency) =>
      Promise.all(
        splitEvenly(concurrency, workers).map((share) =>
          start('worker', {
            NODE_OPTIONS: WORKER_NODE_OPTIONS,
            ...workerEnvironment,
            CAPSTAN_CONCURRENCY: String(share),
          }),
        ),
      ),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}
