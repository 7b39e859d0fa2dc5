import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { startClusterSim } from '@capstan/cluster-sim/start-cluster-sim'
import { startProviderSim } from '@capstan/provider-sim/start-provider-sim'
import { writeCrdFolder } from '@capstan/testkit/crd-folder'
import { followEvents, type ReceivedEvent } from '@capstan/testkit/follow-events'
import { startOwnRedis } from '@capstan/testkit/own-redis'
import { createSeededRandom } from '@capstan/testkit/random'
import { startProcess, type RunningProcess } from '@capstan/testkit/start-process'
import { until } from '@capstan/testkit/until'
import { writeFile } from 'node:fs/promises'
import type { Scan } from '@capstan/shared/contract/scan/scan'

const TYPES = 500
const CLIENTS_PER_SCAN = 2
/** Three models of two providers at once, each with its own groups of types. */
const SCANS = [
  { provider: 'anthropic', model: 'claude-of-chaos', groups: [0, 8] },
  { provider: 'anthropic', model: 'claude-of-order', groups: [8, 14] },
  { provider: 'openai', model: 'gpt-of-chaos', groups: [14, 20] },
] as const
/** Replays a run with CHAOS_SEED=n. */
const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000)
const random = createSeededRandom(seed)

const stack = new AsyncDisposableStack()
afterAll(() => stack.disposeAsync())

test(`${TYPES} types are each recorded once while workers, API and Redis are killed at random (seed ${seed})`, async () => {
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
      OPENAI_API_KEY: 'sk-openai-chaos-0000000000000000',
      OPENAI_BASE_URL: `${provider.url}/v1`,
      CAPSTAN_CONCURRENCY: '10',
      // Like real limits: calls start at full concurrency.
      ANTHROPIC_LIMITS: 'concurrency=1000',
      OPENAI_LIMITS: 'concurrency=1000',
      // A machine that stalls for seconds must not lose locks, so that no call is made twice.
      CAPSTAN_LOCK_MS: '12000',
      CAPSTAN_STALLED_MS: '1500',
    })
  const apis: RunningProcess[] = [await startApi(), await startApi()]
  const workers: RunningProcess[] = [await startWorker(), await startWorker(), await startWorker()]
  stack.defer(async () => {
    for (const running of [...apis, ...workers]) await running.stop('SIGKILL')
  })
  const anyApi = (): string => apis[Math.floor(random() * apis.length)]?.url ?? ''
  const ids = await Promise.all(SCANS.map((scan) => startScan(anyApi(), scan)))

  const over = new AbortController()
  const seen = ids.flatMap((id) =>
    Array.from({ length: CLIENTS_PER_SCAN }, () => ({ id, events: [] as ReceivedEvent[] })),
  )
  const clients = seen.map(({ id, events }) =>
    followEvents({
      eventsUrl: () => `${anyApi()}/api/v1/scans/${id}/events`,
      hopAfter: () => 20 + Math.floor(random() * 120),
      onEvent: (event) => events.push(event),
      signal: over.signal,
    }),
  )

  const readScan = async (id: string): Promise<Scan | undefined> => {
    const response = await fetch(`${anyApi()}/api/v1/scans/${id}`).catch(() => undefined)
    if (response?.status !== 200) return undefined
    const scan = (await response.json()) as Scan
    expectCountersToSum(scan)
    return scan
  }
  const readScans = async (): Promise<Scan[] | undefined> => {
    const scans = await Promise.all(ids.map(readScan))
    const known = scans.filter((scan) => scan !== undefined)
    return known.length === ids.length ? known : undefined
  }
  const areDone = (scans: Scan[]): boolean => scans.every(({ done }) => done)
  const victims = ['worker', 'api', 'redis', 'worker', 'worker', 'redis', 'api', 'worker'] as const
  for (const [turn, victim] of victims.entries()) {
    const threshold = Math.floor(((turn + 0.3 + random() * 0.6) / (victims.length + 1)) * TYPES)
    const scans = await until(`${threshold} finished types`, async () => {
      const now = await readScans()
      const finished = now?.reduce((sum, { progress }) => sum + progress.finished, 0) ?? 0
      return now && (areDone(now) || finished >= threshold) ? now : undefined
    })
    if (areDone(scans)) break
    await killAndReplace(victim)
  }
  const last = await until('the end of all scans', async () => {
    const scans = await readScans()
    return scans && areDone(scans) ? scans : undefined
  })
  await Promise.all(clients)

  for (const [index, { status, progress }] of last.entries()) {
    const [from = 0, to = 0] = SCANS[index]?.groups ?? []
    const total = ((to - from) * TYPES) / 20
    expect(status).toBe('succeeded')
    expect(progress).toMatchObject({ total, succeeded: total, failed: 0, finished: total })
  }
  for (const { id, events } of seen) {
    const scan = last.find((one) => one.id === id)
    if (scan) expectExactStream(events, scan)
  }
  // A job whose worker died after recording runs once more and completes as well.
  await until('a completed job for each type', async () => {
    const response = await fetch(`${anyApi()}/api/v1/queue`).catch(() => undefined)
    if (!response) return undefined
    const { counts } = (await response.json()) as { counts: Record<string, number> }
    const isSettled = counts['completed'] === TYPES && counts['active'] === 0
    return isSettled && counts['prioritized'] === 0 && counts['failed'] === 0 ? true : undefined
  })
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

async function startScan(
  api: string,
  { provider, model, groups: [from, to] }: (typeof SCANS)[number],
): Promise<string> {
  const include = Array.from({ length: to - from }, (_, n) => `*.group-${from + n}.example.com`)
  const response = await fetch(`${api}/api/v1/scans`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ include, provider, model }),
  })
  expect(response.status).toBe(202)
  return ((await response.json()) as Scan).id
}

function expectCountersToSum(scan: Scan): void {
  const { total, queued, running, retrying, succeeded, failed, skipped, canceled, finished } =
    scan.progress
  if (total === null) return
  expect(queued + running + retrying + succeeded + failed + skipped + canceled).toBe(total)
  expect(succeeded + failed + skipped + canceled).toBe(finished)
}

/** Every stored event once and in order, and each type finished exactly once. */
function expectExactStream(events: ReceivedEvent[], scan: Scan): void {
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
