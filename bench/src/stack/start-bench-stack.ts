import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startClusterSim, type ClusterSim } from '@capstan/cluster-sim/start-cluster-sim'
import type { SimConfigInput } from '@capstan/provider-sim/sim-config'
import { startProviderSim } from '@capstan/provider-sim/start-provider-sim'
import { startProcess, type RunningProcess } from '@capstan/testkit/start-process'
import { deletePrefix } from './delete-prefix.ts'
import { splitEvenly } from './split-evenly.ts'
import type { ProviderSim } from '@capstan/provider-sim/provider-sim'

export interface BenchStackPlan {
  redisUrl: string
  /** `demo`, a cluster list (.json), or a folder of manifests. */
  cluster: string
  provider: SimConfigInput
  /** Number of worker processes. */
  workers: number
  /** Slots of all workers together, distributed as evenly as possible. */
  concurrency: number
  /** API of the provider. Default: anthropic. */
  wire?: BenchWire
  /** Additional environment of the API. */
  apiEnvironment?: Record<string, string>
  /** Additional environment of each worker, computed from the URL of the provider. */
  workerEnvironment?: (providerUrl: string) => Record<string, string>
}

export type BenchWire = 'anthropic' | 'openai'

/** Capstan as deployed, between simulators: real processes over a real Redis. */
export interface BenchStack extends AsyncDisposable {
  apiUrl: string
  /** Prefix of every key that it writes. */
  prefix: string
  /** Its call log is the ground truth of every figure. */
  provider: ProviderSim
  cluster: ClusterSim
  workers: RunningProcess[]
}

/** Accepted by a simulator without configured keys. */
export const SIMULATED_KEY = 'sk-ant-simulated-0000000000000000'

/** Starts one API process and the workers, and waits until all are ready. Throws when one does not start. */
export async function startBenchStack(plan: BenchStackPlan): Promise<BenchStack> {
  await using stack = new AsyncDisposableStack()
  const provider = stack.adopt(await startProviderSim(plan.provider), (sim) => sim.close())
  const cluster = stack.adopt(await startClusterSim({ cluster: plan.cluster }), (sim) =>
    sim.close(),
  )
  const folder = await mkdtemp(join(tmpdir(), 'capstan-bench-stack-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const kubeconfig = join(folder, 'kubeconfig')
  await writeFile(kubeconfig, cluster.kubeconfig, { mode: 0o600 })

  const prefix = `{bench-${randomBytes(4).toString('hex')}}`
  stack.defer(() => deletePrefix(plan.redisUrl, prefix))
  const shared = {
    REDIS_URL: plan.redisUrl,
    CAPSTAN_REDIS_PREFIX: prefix,
    CAPSTAN_PROVIDER: plan.wire ?? 'anthropic',
    LOG_LEVEL: 'warn',
    PORT: '0',
  }
  const worker = {
    ...shared,
    ...buildKeySettings(plan.wire ?? 'anthropic', provider.url),
    ...plan.workerEnvironment?.(provider.url),
  }
  const [api, ...workers] = await startAll(stack, [
    () => startProcess('api', { ...shared, KUBECONFIG: kubeconfig, ...plan.apiEnvironment }),
    ...splitEvenly(plan.concurrency, plan.workers).map(
      (share) => () => startProcess('worker', { ...worker, CAPSTAN_CONCURRENCY: String(share) }),
    ),
  ])
  const running = stack.move()
  return {
    apiUrl: api?.url ?? '',
    prefix,
    provider,
    cluster,
    workers,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

function buildKeySettings(wire: BenchWire, url: string): Record<string, string> {
  const own =
    wire === 'anthropic'
      ? {
          ANTHROPIC_API_KEY: SIMULATED_KEY,
          ANTHROPIC_BASE_URL: url,
          ANTHROPIC_LIMITS: MANY_AT_ONCE,
        }
      : { OPENAI_API_KEY: SIMULATED_KEY, OPENAI_BASE_URL: `${url}/v1`, OPENAI_LIMITS: MANY_AT_ONCE }
  return { ...own, CAPSTAN_ASSUME_DIALECT: 'true' }
}

/** Like real limits, not like a local server. */
const MANY_AT_ONCE = 'concurrency=1000'

/** Waits for all of them even when one fails, so that late starts can be stopped. */
async function startAll(
  stack: AsyncDisposableStack,
  starts: (() => Promise<RunningProcess>)[],
): Promise<RunningProcess[]> {
  const outcomes = await Promise.allSettled(starts.map((start) => start()))
  const started = outcomes.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  stack.defer(async () => {
    await Promise.all(started.map((running) => running.stop()))
  })
  for (const one of outcomes) if (one.status === 'rejected') throw one.reason
  return started
}
