import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startClusterSim } from '@capstan/cluster-sim/start-cluster-sim'
import { startProviderSim } from '@capstan/provider-sim/start-provider-sim'
import { Scan } from '@capstan/shared/contract/scan/scan'
import { startProcess } from '@capstan/testkit/start-process'
import { until } from '@capstan/testkit/until'

/** An API and a worker with one scan on each of three routes, and the queue names of these routes. */
export interface BoardScene extends AsyncDisposable {
  url: string
  /** Queue whose provider requested a pause of one day. */
  paused: string
  /** Queue with types that failed for good. */
  failing: string
  /** Queue whose jobs have all succeeded. */
  healthy: string
  scans: Record<'paused' | 'failing' | 'healthy', string>
}

const DAY_SECONDS = 86_400
const MODELS = {
  paused: { provider: 'openai', model: 'gpt-6-luna' },
  failing: { provider: 'openai', model: 'gpt-6-sol' },
  healthy: { provider: 'anthropic', model: 'claude-haiku-5-5' },
} as const

/** Faults of the simulated providers, by kind of the type. */
const FAULTS = [
  {
    kind: 'rate-limited',
    model: MODELS.paused.model,
    matching: 'Ingress',
    retryAfter: DAY_SECONDS,
  },
  { kind: 'refusal', model: MODELS.failing.model, matching: 'Secret' },
  { kind: 'too-long', model: MODELS.failing.model, matching: 'HTTPRoute' },
  { kind: 'broken-text', model: MODELS.failing.model, matching: 'Certificate' },
  { kind: 'server-error', model: MODELS.failing.model, matching: 'ConfigMap', times: 1 },
] as const

/** Starts the scene over the demo cluster. Returns when each scan has ended or is paused. */
export async function startBoardScene(redis: { url: string; prefix: string }): Promise<BoardScene> {
  await using stack = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'capstan-board-'))
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  const cluster = stack.adopt(await startClusterSim({ cluster: 'demo' }), (sim) => sim.close())
  const kubeconfig = join(folder, 'kubeconfig')
  await writeFile(kubeconfig, cluster.kubeconfig)
  const latency = { kind: 'uniform', minMs: 20, maxMs: 200 } as const
  const provider = stack.adopt(await startProviderSim({ faults: [...FAULTS], latency }), (sim) =>
    sim.close(),
  )
  const environment = { REDIS_URL: redis.url, CAPSTAN_REDIS_PREFIX: redis.prefix, PORT: '0' }
  const api = stack.adopt(
    await startProcess('api', { ...environment, KUBECONFIG: kubeconfig }),
    async (running) => void (await running.stop()),
  )
  stack.adopt(
    await startProcess('worker', {
      ...environment,
      CAPSTAN_CONCURRENCY: '4',
      OPENAI_API_KEY: 'sk-scene-0000000000000000',
      OPENAI_BASE_URL: `${provider.url}/v1`,
      ANTHROPIC_API_KEY: 'sk-ant-scene-0000000000000000',
      ANTHROPIC_BASE_URL: provider.url,
    }),
    async (running) => void (await running.stop()),
  )
  const scans = {
    paused: await startScan(api.url, MODELS.paused),
    failing: await startScan(api.url, MODELS.failing),
    healthy: await startScan(api.url, MODELS.healthy),
  }
  for (const id of Object.values(scans)) await settled(api.url, id)
  await noneActive(api.url)
  const owned = stack.move()
  return {
    url: api.url,
    paused: 'infer-openai-gpt-6-luna',
    failing: 'infer-openai-gpt-6-sol',
    healthy: 'infer-anthropic-claude-haiku-5-5',
    scans,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

async function startScan(url: string, route: { provider: string; model: string }): Promise<string> {
  const response = await fetch(`${url}/api/v1/scans`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...route, onConflict: 'parallel' }),
  })
  const text = await response.text()
  if (response.status !== 202) throw new Error(`the scan was not accepted: ${text}`)
  return Scan.parse(JSON.parse(text)).id
}

/** Waits until the scan has ended, or is paused with nothing running. */
async function settled(url: string, id: string): Promise<void> {
  await until(`the end or the pause of ${id}`, async () => {
    const scan = Scan.parse(await (await fetch(`${url}/api/v1/scans/${id}`)).json())
    const stands = scan.throttle !== null && scan.progress.running === 0
    return scan.done || stands ? true : undefined
  })
}

/** Jobs finish shortly after their types. */
async function noneActive(url: string): Promise<void> {
  await until('the end of all running jobs', async () => {
    const answer: unknown = await (await fetch(`${url}/api/v1/queue`)).json()
    return (answer as { counts: { active: number } }).counts.active === 0 ? true : undefined
  })
}
