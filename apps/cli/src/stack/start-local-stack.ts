import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { defaultModel } from '@capstan/shared/config/default-model'
import { ensureRedis, type LocalRedis } from '@capstan/local-redis/ensure-redis'
import type { ServedProvider } from '@capstan/shared/contract/worker-status'
import { obtainDashboard } from '@capstan/shared/dashboard/obtain-dashboard'
import { API_NODE_OPTIONS } from '@capstan/shared/config/node-options'
import { WORKER_NODE_OPTIONS } from '@capstan/shared/config/node-options'
import { pluralize } from '@capstan/shared/text/units'
import type { ClusterChoice } from './choose-cluster.ts'
import type { LogTarget } from './child-log.ts'
import {
  selectApiEnvironment,
  selectMachineEnvironment,
  selectWorkerEnvironment,
  type Environment,
} from './environment.ts'
import { superviseChild, type SupervisedChild, type SupervisionOptions } from './supervise-child.ts'

export interface LocalStackPlan {
  /** The variables of each child are selected from these. */
  environment: Environment
  host: string
  port: number
  redisUrl: string | undefined
  dataDir: string
  cacheDir: string
  cluster: ClusterChoice
  workers: number
  log: LogTarget
  /** Called with the providers that a worker serves, when it starts and when they change. */
  onProviders?: (providers: ServedProvider[]) => void
  /** Settings of a simulated model provider for the workers. */
  providerSim?: object
}

export interface LocalStack {
  apiUrl: string
  redis: LocalRedis
  /** Stops everything: API and workers first, Redis last. */
  stop(): Promise<void>
}

/** Keeps compiled modules: later starts and further workers need a third less CPU time. */
function withCompileCache(plan: LocalStackPlan): LocalStackPlan {
  const NODE_COMPILE_CACHE = join(plan.cacheDir, 'node')
  return { ...plan, environment: { ...plan.environment, NODE_COMPILE_CACHE } }
}

/** Starts Redis, API, workers and the requested simulators. Stops all of them when one fails to start. */
export async function startLocalStack(
  request: LocalStackPlan,
  supervision: SupervisionOptions,
): Promise<LocalStack> {
  const plan = withCompileCache(request)
  await using stack = new AsyncDisposableStack()
  const backends: SupervisedChild[] = []
  supervision.log(describeStart(plan))
  const [redis, kubeconfig, provider, dashboard] = await awaitAll([
    startRedis(plan, supervision, stack),
    startCluster(plan, supervision, backends),
    startProvider(plan, supervision, backends),
    findDashboard(plan, supervision),
  ])
  stack.defer(() => stopAll(backends))
  const apps: SupervisedChild[] = []
  const addApp = async (starting: Promise<SupervisedChild>): Promise<SupervisedChild> => {
    const child = await starting
    apps.push(child)
    return child
  }
  stack.defer(() => stopAll(apps))
  const { log, onProviders } = plan
  const worker = buildWorkerEnvironment(plan, redis, provider)
  const environment = { ...buildApiEnvironment(plan, redis, kubeconfig), ...dashboard }
  supervision.log(`starting the API and ${pluralize(plan.workers, 'worker')}…`)
  const [api] = await awaitAll([
    addApp(superviseChild({ app: 'api', name: 'api', log, environment }, supervision)),
    ...Array.from({ length: plan.workers }, (_, index) =>
      addApp(
        superviseChild(
          { app: 'worker', name: `worker-${index + 1}`, log, environment: worker, onProviders },
          supervision,
        ),
      ),
    ),
  ])
  const running = stack.move()
  return { apiUrl: api.url, redis, stop: () => running.disposeAsync() }
}

/** Describes what starts before the API and the workers. */
function describeStart({ redisUrl, cluster, providerSim }: LocalStackPlan): string {
  const things = [
    ...(redisUrl === undefined ? ['Redis'] : []),
    ...(cluster.kind === 'demo' ? ['the simulated cluster'] : []),
    ...(providerSim === undefined ? [] : ['the simulated model']),
  ]
  const given = redisUrl === undefined ? [] : ['connecting to the Redis of REDIS_URL']
  const started = things.length > 0 ? [`starting ${things.join(', ')}`] : []
  return `${[...given, ...started].join(', ')}…`
}

async function startRedis(
  plan: LocalStackPlan,
  supervision: SupervisionOptions,
  stack: AsyncDisposableStack,
): Promise<LocalRedis> {
  const { redisUrl, dataDir, cacheDir, environment } = plan
  const redis = await ensureRedis({
    redisUrl,
    dataDir,
    cacheDir,
    path: environment['PATH'],
    onProgress: supervision.log,
    signal: supervision.signal,
  })
  stack.defer(() => redis.stop())
  return redis
}

/** Returns the kubeconfig for the API. */
async function startCluster(
  { cluster, dataDir, environment, log }: LocalStackPlan,
  supervision: SupervisionOptions,
  backends: SupervisedChild[],
): Promise<string | undefined> {
  if (cluster.kind === 'kubeconfig') return cluster.path
  if (cluster.kind !== 'demo') return undefined
  const kubeconfig = join(dataDir, 'demo-kubeconfig')
  const own = { CLUSTER: 'demo', HOST: '127.0.0.1', PORT: '0', KUBECONFIG_OUT: kubeconfig }
  const app = 'cluster-sim'
  const settings = { ...selectMachineEnvironment(environment), ...own }
  backends.push(await superviseChild({ app, name: app, log, environment: settings }, supervision))
  return kubeconfig
}

/** Returns the worker settings that point to the simulated provider. */
async function startProvider(
  { providerSim, environment, log }: LocalStackPlan,
  supervision: SupervisionOptions,
  backends: SupervisedChild[],
): Promise<Record<string, string>> {
  if (providerSim === undefined) return {}
  const own = { HOST: '127.0.0.1', PORT: '0', SIM_CONFIG: JSON.stringify(providerSim) }
  const app = 'provider-sim'
  const settings = { ...selectMachineEnvironment(environment), ...own }
  const child = await superviseChild({ app, name: app, log, environment: settings }, supervision)
  backends.push(child)
  // The simulator accepts any key. This one shows its origin.
  const key = `sk-ant-simulated-${randomBytes(12).toString('hex')}`
  return {
    CAPSTAN_PROVIDER: 'anthropic',
    CAPSTAN_MODEL: defaultModel('anthropic'),
    ANTHROPIC_API_KEY: key,
    ANTHROPIC_BASE_URL: child.url,
    // As in real limits: the simulator accepts this many calls at once.
    ANTHROPIC_LIMITS: 'concurrency=1000',
    CAPSTAN_ASSUME_DIALECT: 'true',
  }
}

/** Returns the setting of the API for the dashboard. Without one the API shows why there is none. */
async function findDashboard(
  { environment, cacheDir }: LocalStackPlan,
  { log, signal }: SupervisionOptions,
): Promise<Record<string, string>> {
  if (environment['CAPSTAN_DASHBOARD_DIR']) return {}
  try {
    const folder = await obtainDashboard({ caches: [cacheDir], onProgress: log, signal })
    return { CAPSTAN_DASHBOARD_DIR: folder }
  } catch (error) {
    signal.throwIfAborted()
    log(`the dashboard is not available: ${error instanceof Error ? error.message : String(error)}`)
    return {}
  }
}

function buildWorkerEnvironment(
  { environment }: LocalStackPlan,
  redis: LocalRedis,
  provider: Record<string, string>,
): Record<string, string> {
  return {
    ...selectWorkerEnvironment(environment),
    ...provider,
    REDIS_URL: redis.url,
    PORT: '0',
    NODE_OPTIONS: WORKER_NODE_OPTIONS,
  }
}

function buildApiEnvironment(
  plan: LocalStackPlan,
  redis: LocalRedis,
  kubeconfig: string | undefined,
): Record<string, string> {
  const given = selectApiEnvironment(plan.environment)
  if (plan.cluster.kind === 'demo') {
    // These settings refer to the user's cluster.
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

/** Like Promise.all, but waits until all have settled, so that late starts are known and can be stopped. */
async function awaitAll<const T extends readonly Promise<unknown>[]>(
  starting: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(starting)
  return Promise.all(starting)
}

async function stopAll(child: SupervisedChild[]): Promise<void> {
  await Promise.all(child.map((one) => one.stop()))
}
