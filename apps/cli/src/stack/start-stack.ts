import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { defaultModel } from '@capstan/shared/config/default-model'
import { ensureRedis, type LocalRedis } from '@capstan/local-redis/ensure-redis'
import type { ServedProvider } from '@capstan/shared/contract/worker-status'
import { API_NODE_OPTIONS } from '@capstan/shared/config/api-heap'
import { WORKER_NODE_OPTIONS } from '@capstan/shared/config/worker-heap'
import { counted } from '../output/units.ts'
import type { ClusterChoice } from './choose-cluster.ts'
import type { LogTarget } from './child-log.ts'
import {
  apiEnvironment,
  machineEnvironment,
  workerEnvironment,
  type Environment,
} from './environment.ts'
import { keepRunning, type Kept, type Keeping } from './keep-running.ts'

export interface StackPlan {
  /** What the children may be given parts of. */
  environment: Environment
  host: string
  port: number
  redisUrl: string | undefined
  dataDir: string
  cacheDir: string
  cluster: ClusterChoice
  workers: number
  log: LogTarget
  /** Hears which providers a worker serves, also when that changes. */
  onProviders?: (providers: ServedProvider[]) => void
  /** Settings of a simulated model provider that the workers ask in place of a real one. */
  providerSim?: object
}

export interface Stack {
  apiUrl: string
  redis: LocalRedis
  /** Ends everything: who works first, Redis last. */
  stop(): Promise<void>
}

/** Compiled modules are kept: a second start, and a second worker, need a third less processor time. */
function withCompileCache(plan: StackPlan): StackPlan {
  const NODE_COMPILE_CACHE = join(plan.cacheDir, 'node')
  return { ...plan, environment: { ...plan.environment, NODE_COMPILE_CACHE } }
}

/** Composes Redis, API, workers and the simulators that are asked for. All of it stops when one fails to start. */
export async function startStack(asked: StackPlan, keeping: Keeping): Promise<Stack> {
  const plan = withCompileCache(asked)
  await using stack = new AsyncDisposableStack()
  const behind: Kept[] = []
  keeping.tell(listBehind(plan))
  const [redis, kubeconfig, provider] = await together([
    startRedis(plan, keeping, stack),
    startCluster(plan, keeping, behind),
    startProvider(plan, keeping, behind),
  ])
  stack.defer(() => stopAll(behind))
  const front: Kept[] = []
  const adding = async (starting: Promise<Kept>): Promise<Kept> => {
    const kept = await starting
    front.push(kept)
    return kept
  }
  stack.defer(() => stopAll(front))
  const { log, onProviders } = plan
  const worker = {
    ...workerEnvironment(plan.environment),
    ...provider,
    REDIS_URL: redis.url,
    PORT: '0',
    NODE_OPTIONS: WORKER_NODE_OPTIONS,
  }
  keeping.tell(`starting the API and ${counted(plan.workers, 'worker')}…`)
  const [api] = await together([
    adding(
      keepRunning(
        { app: 'api', name: 'api', log, environment: apiOf(plan, redis, kubeconfig) },
        keeping,
      ),
    ),
    ...Array.from({ length: plan.workers }, (_, index) =>
      adding(
        keepRunning(
          { app: 'worker', name: `worker-${index + 1}`, log, environment: worker, onProviders },
          keeping,
        ),
      ),
    ),
  ])
  const running = stack.move()
  return { apiUrl: api.url, redis, stop: () => running.disposeAsync() }
}

/** What the API and the workers need before them, in words. */
function listBehind({ redisUrl, cluster, providerSim }: StackPlan): string {
  const things = [
    ...(redisUrl === undefined ? ['Redis'] : []),
    ...(cluster.kind === 'demo' ? ['the simulated cluster'] : []),
    ...(providerSim === undefined ? [] : ['the simulated model']),
  ]
  const given = redisUrl === undefined ? [] : ['looking for the Redis of REDIS_URL']
  const started = things.length > 0 ? [`starting ${things.join(', ')}`] : []
  return `${[...given, ...started].join(', ')}…`
}

async function startRedis(
  plan: StackPlan,
  keeping: Keeping,
  stack: AsyncDisposableStack,
): Promise<LocalRedis> {
  const { redisUrl, dataDir, cacheDir, environment } = plan
  const redis = await ensureRedis({
    redisUrl,
    dataDir,
    cacheDir,
    path: environment['PATH'],
    onProgress: keeping.tell,
    signal: keeping.signal,
  })
  stack.defer(() => redis.stop())
  return redis
}

/** Answers the kubeconfig the API is to use. */
async function startCluster(
  { cluster, dataDir, environment, log }: StackPlan,
  keeping: Keeping,
  behind: Kept[],
): Promise<string | undefined> {
  if (cluster.kind === 'kubeconfig') return cluster.path
  if (cluster.kind !== 'demo') return undefined
  const kubeconfig = join(dataDir, 'demo-kubeconfig')
  const own = { CLUSTER: 'demo', HOST: '127.0.0.1', PORT: '0', KUBECONFIG_OUT: kubeconfig }
  const app = 'cluster-sim'
  const settings = { ...machineEnvironment(environment), ...own }
  behind.push(await keepRunning({ app, name: app, log, environment: settings }, keeping))
  return kubeconfig
}

/** Answers what the workers need to ask the simulated provider in place of a real one. */
async function startProvider(
  { providerSim, environment, log }: StackPlan,
  keeping: Keeping,
  behind: Kept[],
): Promise<Record<string, string>> {
  if (providerSim === undefined) return {}
  const own = { HOST: '127.0.0.1', PORT: '0', SIM_CONFIG: JSON.stringify(providerSim) }
  const app = 'provider-sim'
  const settings = { ...machineEnvironment(environment), ...own }
  const kept = await keepRunning({ app, name: app, log, environment: settings }, keeping)
  behind.push(kept)
  // The simulator takes any key; this one says what it is.
  const key = `sk-ant-simulated-${randomBytes(12).toString('hex')}`
  return {
    CAPSTAN_PROVIDER: 'anthropic',
    CAPSTAN_MODEL: defaultModel('anthropic'),
    ANTHROPIC_API_KEY: key,
    ANTHROPIC_BASE_URL: kept.url,
    // It takes and answers as much at once as the real one, so calls start as there.
    ANTHROPIC_LIMITS: 'concurrency=1000',
    CAPSTAN_ASSUME_DIALECT: 'true',
  }
}

function apiOf(
  plan: StackPlan,
  redis: LocalRedis,
  kubeconfig: string | undefined,
): Record<string, string> {
  const given = apiEnvironment(plan.environment)
  if (plan.cluster.kind === 'demo') {
    // These name things of another cluster.
    for (const name of ['CAPSTAN_CONTEXT', 'CAPSTAN_CLUSTER_FILES']) delete given[name]
  }
  return {
    ...given,
    ...(kubeconfig === undefined ? {} : { KUBECONFIG: kubeconfig }),
    ...(plan.providerSim === undefined ? {} : { CAPSTAN_PROVIDER: 'anthropic' }),
    REDIS_URL: redis.url,
    HOST: plan.host,
    PORT: String(plan.port),
    NODE_OPTIONS: API_NODE_OPTIONS,
  }
}

/** Like Promise.all, but waits for all ends first: what has started late must be known to be stopped. */
async function together<const T extends readonly Promise<unknown>[]>(
  starting: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(starting)
  return Promise.all(starting)
}

async function stopAll(kept: Kept[]): Promise<void> {
  await Promise.all(kept.map((one) => one.stop()))
}
