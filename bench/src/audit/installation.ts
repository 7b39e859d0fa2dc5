import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { API_NODE_OPTIONS, WORKER_NODE_OPTIONS } from '@capstan/shared/config/node-options'
import { startClusterSim } from '@capstan/cluster-sim/start-cluster-sim'
import type { SimConfigInput } from '@capstan/provider-sim/sim-config'
import { startProviderSim } from '@capstan/provider-sim/start-provider-sim'
import { writeCrdFolder } from '@capstan/testkit/crd-folder'
import { startOwnRedis, type OwnRedis } from '@capstan/testkit/own-redis'
import { startProcess, type RunningProcess } from '@capstan/testkit/start-process'
import type { ProviderSim } from '@capstan/provider-sim/provider-sim'

/** Slots per worker. */
const SLOTS = 10

export interface InstallationPlan {
  /** Number of generated types in the cluster. */
  types: number
  provider: SimConfigInput
  /** Number of API processes. */
  apis: number
  /** Number of worker processes, with 10 slots each. */
  workers: number
  /** Additional environment of the API processes. */
  apiEnvironment?: Record<string, string>
  /** Additional environment of the worker with this index. */
  workerEnvironment?: (index: number) => Record<string, string>
}

/** Capstan as separate processes over its own Redis. */
export interface Installation extends AsyncDisposable {
  redis: OwnRedis
  provider: ProviderSim
  /** Full names of all types. */
  types: string[]
  apis: RunningProcess[]
  workers: RunningProcess[]
  /** Stops one of the processes and starts a replacement. */
  replace(group: 'apis' | 'workers', index: number, signal: NodeJS.Signals): Promise<void>
}

/**
 * Starts Redis, simulators, API and worker processes, and waits until all are ready. Throws when one does not
 * start.
 */
export async function startInstallation(plan: InstallationPlan): Promise<Installation> {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'capstan-audit-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const types = await writeCrdFolder(join(folder, 'crds'), plan.types)
  const cluster = stack.adopt(await startClusterSim({ cluster: join(folder, 'crds') }), (sim) =>
    sim.close(),
  )
  const kubeconfig = join(folder, 'kubeconfig')
  await writeFile(kubeconfig, cluster.kubeconfig, { mode: 0o600 })
  const provider = stack.adopt(await startProviderSim(plan.provider), (sim) => sim.close())
  const redis = stack.adopt(await startOwnRedis(), (own) => own.stop())
  const start = openStarters(plan, { redis, provider, kubeconfig })
  const processes = { apis: [] as RunningProcess[], workers: [] as RunningProcess[] }
  stack.defer(async () => {
    const all = [...processes.workers, ...processes.apis]
    await Promise.all(all.map((running) => running.stop('SIGKILL')))
  })
  for (let index = 0; index < plan.apis; index++) processes.apis.push(await start.apis(index))
  for (let index = 0; index < plan.workers; index++) {
    processes.workers.push(await start.workers(index))
  }
  const running = stack.move()
  return {
    redis,
    provider,
    types,
    ...processes,
    replace: async (group, index, signal) => {
      await processes[group][index]?.stop(signal)
      processes[group][index] = await start[group](index)
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

interface Surroundings {
  redis: OwnRedis
  provider: ProviderSim
  kubeconfig: string
}

/** Functions that start one more process of each kind, with the options of Node that `start` sets. */
function openStarters(
  plan: InstallationPlan,
  { redis, provider, kubeconfig }: Surroundings,
): Record<'apis' | 'workers', (index: number) => Promise<RunningProcess>> {
  const shared = { REDIS_URL: redis.url, LOG_LEVEL: 'warn', CAPSTAN_PROVIDER: 'anthropic' }
  return {
    apis: () =>
      startProcess('api', {
        ...shared,
        NODE_OPTIONS: API_NODE_OPTIONS,
        PORT: '0',
        KUBECONFIG: kubeconfig,
        CAPSTAN_MODEL: MODEL,
        ...plan.apiEnvironment,
      }),
    workers: (index: number) =>
      startProcess('worker', {
        ...shared,
        NODE_OPTIONS: WORKER_NODE_OPTIONS,
        ...buildWorkerSettings(provider.url),
        ...plan.workerEnvironment?.(index),
      }),
  }
}

const MODEL = 'audit-model'

function buildWorkerSettings(providerUrl: string): Record<string, string> {
  return {
    ANTHROPIC_API_KEY: 'sk-ant-audit-0000000000000000',
    ANTHROPIC_BASE_URL: providerUrl,
    // Like real limits: calls start at full concurrency.
    ANTHROPIC_LIMITS: 'concurrency=1000',
    CAPSTAN_ASSUME_DIALECT: 'true',
    CAPSTAN_CONCURRENCY: String(SLOTS),
  }
}
