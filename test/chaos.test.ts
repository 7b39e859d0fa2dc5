import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { startClusterSim } from '@capstan/cluster-sim/start-cluster-sim'
import { startProviderSim } from '@capstan/provider-sim/start-provider-sim'
import { writeCrdFolder } from '@capstan/testkit/crd-folder'
import { followEvents, type SeenEvent } from '@capstan/testkit/follow-events'
import { startOwnRedis } from '@capstan/testkit/own-redis'
import { seededRandom } from '@capstan/testkit/random'
import { startProcess, type RunningProcess } from '@capstan/testkit/start-process'
import { until } from '@capstan/testkit/until'
import { writeFile } from 'node:fs/promises'
import type { Scan } from '@capstan/shared/contract/scan'

const TYPES = 500
const CLIENTS = 6
/** Replay a run: CHAOS_SEED=n. */
const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000)
const random = seededRandom(seed)

const stack = new AsyncDisposableStack()
afterAll(() => stack.disposeAsync())

test(`${TYPES} types with workers, API and Redis killed at random lose and double nothing (seed ${seed})`, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'capstan-chaos-'))
  stack.defer(() => rm(directory, { recursive: true, force: true }))
  await writeCrdFolder(join(directory, 'crds'), TYPES)
  const cluster = await startClusterSim({ cluster: join(directory, 'crds') })
  stack.defer(() => cluster.close())
  const kubeconfig = join(directory, 'kubeconfig')
  await writeFile(kubeconfig, cluster.kubeconfig)
  const provider = await startProviderSim({
    seed,
    latency: { kind: 'uniform', minMs: 300, maxMs: 900 },
  })
  stack.defer(() => provider.close())
  const redis = await startOwnRedis()
  stack.defer(() => redis.stop())

  const environment = { REDIS_URL: redis.url, LOG_LEVEL: 'warn' }
  const startApi = () =>
    startProcess('api', {
      ...environment,
      PORT: '0',
      KUBECONFIG: kubeconfig,
      CAPSTAN_PROVIDER: 'anthropic',
    })
  const startWorker = () =>
    startProcess('worker', {
      ...environment,
      CAPSTAN_PROVIDER: 'anthropic',
      ANTHROPIC_API_KEY: 'sk-ant-chaos-0000000000000000',
      ANTHROPIC_BASE_URL: provider.url,
      CAPSTAN_CONCURRENCY: '10',
      // A machine that stands still for seconds loses no lock by that, and no call is made twice.
      CAPSTAN_LOCK_MS: '12000',
      CAPSTAN_STALLED_MS: '1500',
    })
  const apis: RunningProcess[] = [await startApi(), await startApi()]
  const workers: RunningProcess[] = [await startWorker(), await startWorker(), await startWorker()]
  stack.defer(async () => {
    for (const running of [...apis, ...workers]) await running.stop('SIGKILL')
  })
  const anyApi = (): string => apis[Math.floor(random() * apis.length)]?.url ?? ''

  const started = await fetch(`${anyApi()}/api/v1/scans`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ include: ['*.example.com'] }),
  })
  expect(started.status).toBe(202)
  const { id } = (await started.json()) as Scan
  const path = `/api/v1/scans/${id}`

  const over = new AbortController()
  const seen: SeenEvent[][] = Array.from({ length: CLIENTS }, () => [])
  const clients = seen.map((list) =>
    followEvents({
      eventsUrl: () => `${anyApi()}${path}/events`,
      hopAfter: () => 20 + Math.floor(random() * 120),
      onEvent: (event) => list.push(event),
      signal: over.signal,
    }),
  )

  const readScan = async (): Promise<Scan | undefined> => {
    const response = await fetch(`${anyApi()}${path}`).catch(() => undefined)
    if (response?.status !== 200) return undefined
    const scan = (await response.json()) as Scan
    expectCountersToSum(scan)
    return scan
  }
  const victims = ['worker', 'api', 'redis', 'worker', 'worker', 'redis', 'api', 'worker'] as const
  for (const [turn, victim] of victims.entries()) {
    const threshold = Math.floor(((turn + 0.3 + random() * 0.6) / (victims.length + 1)) * TYPES)
    const ended = await until(
      `${threshold} finished types`,
      async () => {
        const scan = await readScan()
        return scan && (scan.done || scan.progress.finished >= threshold) ? scan : undefined
      },
      { withinMs: 120_000 },
    )
    if (ended.done) break
    await killAndReplace(victim)
  }
  const last = await until(
    'the end of the scan',
    async () => {
      const scan = await readScan()
      return scan?.done ? scan : undefined
    },
    { withinMs: 240_000 },
  )
  await Promise.all(clients)

  expect(last.status).toBe('succeeded')
  expect(last.progress).toMatchObject({
    total: TYPES,
    succeeded: TYPES,
    failed: 0,
    finished: TYPES,
  })
  for (const list of seen) expectExactStream(list, last)
  const calls = provider.stats().calls
  expect(calls).toBeGreaterThanOrEqual(TYPES)
  expect(calls / TYPES).toBeLessThanOrEqual(1.25)

  async function killAndReplace(victim: (typeof victims)[number]): Promise<void> {
    if (victim === 'redis') {
      await redis.kill()
      await redis.restart()
      return
    }
    const group = victim === 'api' ? apis : workers
    const index = Math.floor(random() * group.length)
    await group[index]?.stop('SIGKILL')
    group[index] = await (victim === 'api' ? startApi() : startWorker())
  }
}, 900_000)

function expectCountersToSum(scan: Scan): void {
  const { total, queued, running, retrying, succeeded, failed, skipped, canceled, finished } =
    scan.progress
  if (total === null) return
  expect(queued + running + retrying + succeeded + failed + skipped + canceled).toBe(total)
  expect(succeeded + failed + skipped + canceled).toBe(finished)
}

/** Every stored event once and in order, each type ended exactly once. */
function expectExactStream(events: SeenEvent[], scan: Scan): void {
  const sequence = events
    .filter((event) => event.id !== '')
    .map((event) => Number(event.id.split('-')[0]))
  expect(sequence).toEqual(
    Array.from({ length: scan.lastSeq - (sequence[0] ?? 1) + 1 }, (_, n) => (sequence[0] ?? 1) + n),
  )
  const ended = events
    .filter((event) => event.id !== '' && event.type === 'resource.succeeded')
    .map((event) => event.data['resource'])
  expect(new Set(ended).size).toBe(ended.length)
}
