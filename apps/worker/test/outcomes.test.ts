import { expect, test as base } from 'vitest'
import { openRedisCatalog } from '@capstan/catalog/redis-catalog'
import type { Definition } from '@capstan/shared/contract/definition'
import { computeDefinitionRef } from '@capstan/scan-store/definitions/compute-definition-ref'
import { readRoutePauses } from '@capstan/scan-store/queue/pause-route'
import { publishSignal } from '@capstan/redis/signals/signal'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { openScanRig, type ScanRig } from '@capstan/testkit/scan-rig'
import { until } from '@capstan/testkit/until'
import { KEY, runWorker } from './run-worker.ts'

// These tests mostly wait, so they run at the same time.
const test = base.concurrent

const types = (count: number, name = 'Type') =>
  Array.from({ length: count }, (_, index) => makeDefinition(`${name}${index}`))
const ANTHROPIC = { provider: 'anthropic' } as const
const TEST_ROUTE = { ...ANTHROPIC, model: 'test-model' }
const ONE = 'type0s.example.com'

const SLOW = { latency: { kind: 'uniform', minMs: 60_000, maxMs: 60_000 } } as const

async function runningTypes(rig: ScanRig, scanId: string, count: number): Promise<void> {
  await until(`${count} running types`, async () => {
    const scan = await rig.journal.scan(scanId)
    return scan && scan.progress.running >= count ? true : undefined
  })
}

async function found(rig: ScanRig, cluster: string) {
  const catalog = openRedisCatalog(rig.redis, rig.keys)
  const { data } = await catalog.list({ cluster }, { limit: 200 })
  await catalog.close()
  return data
}

test('every type of a scan has a catalog row with its provenance', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim()]
  await runWorker(rig, sim)
  const scanId = await rig.scan(types(25), { ...ANTHROPIC, cluster: 'prod' })
  const scan = await rig.ended(scanId)
  expect(scan).toMatchObject({
    status: 'succeeded',
    progress: { succeeded: 25, failed: 0 },
    usage: { calls: 25, cacheHits: 0 },
  })
  expect(sim.stats().calls).toBe(25)
  const rows = await found(rig, 'prod')
  expect(rows).toHaveLength(25)
  expect(rows[0]).toMatchObject({
    cluster: 'prod',
    resource: ONE,
    apiVersion: 'example.com/v1',
    stale: false,
    provenance: {
      provider: 'anthropic',
      model: 'test-model',
      scanId,
      worker: expect.any(String),
      attempt: 1,
    },
  })
  expect(scan.usage.inputTokens).toBeGreaterThan(0)
})

test('a type that another scan has paid for costs no call', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim()]
  await runWorker(rig, sim)
  await rig.ended(await rig.scan(types(5), { ...ANTHROPIC, cluster: 'one' }))
  const second = await rig.ended(await rig.scan(types(5), { ...ANTHROPIC, cluster: 'two' }))
  expect(sim.stats().calls).toBe(5)
  expect(second.usage).toMatchObject({ calls: 0, cacheHits: 5, inputTokens: 0, costUsd: 0 })
  expect((await found(rig, 'two')).map((row) => row.cluster)).toEqual(Array(5).fill('two'))
})

test('a scan in mode full pays again for stored answers of other scans', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim()]
  await runWorker(rig, sim)
  await rig.ended(await rig.scan(types(3), ANTHROPIC))
  const scan = await rig.ended(await rig.scan(types(3), { ...ANTHROPIC, mode: 'full' }))
  expect(scan.usage).toMatchObject({ calls: 3, cacheHits: 0 })
})

test('two concurrent scans of the same type make one call', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim()]
  sim.configure({ latency: { kind: 'uniform', minMs: 300, maxMs: 300 } })
  await runWorker(rig, sim)
  const ids = await Promise.all([1, 2, 3].map(() => rig.scan(types(1), ANTHROPIC)))
  const scans = await Promise.all(ids.map((id) => rig.ended(id)))
  expect(scans.map((scan) => scan.status)).toEqual(['succeeded', 'succeeded', 'succeeded'])
  expect(sim.stats().calls).toBe(1)
  expect(scans.map((scan) => scan.progress.finished)).toEqual([1, 1, 1])
})

test('an invalid answer is repaired by one more call', async () => {
  const rig = openScanRig()
  const sim = await testProviderSim({ faults: [{ kind: 'broken-text', times: 1 }] })
  await runWorker(rig, sim)
  const scan = await rig.ended(await rig.scan(types(1), ANTHROPIC))
  expect(scan).toMatchObject({ status: 'succeeded', usage: { calls: 2 } })
})

test('an answer truncated at the output limit is requested again with a higher limit', async () => {
  const rig = openScanRig()
  const sim = await testProviderSim({ faults: [{ kind: 'truncated-text', times: 1 }] })
  await runWorker(rig, sim)
  const scan = await rig.ended(await rig.scan(types(1), ANTHROPIC))
  expect(scan).toMatchObject({ status: 'succeeded', usage: { calls: 2 } })
})

test('a type that gets no valid answer fails alone after a bounded number of calls', async () => {
  const rig = openScanRig()
  const sim = await testProviderSim({ faults: [{ kind: 'broken-text', matching: 'Type0' }] })
  await runWorker(rig, sim)
  const scan = await rig.ended(await rig.scan(types(4), ANTHROPIC))
  expect(scan).toMatchObject({ status: 'partial', progress: { succeeded: 3, failed: 1 } })
  expect(scan.failures.sample).toMatchObject([
    { resource: ONE, problem: { reason: 'invalid_output' } },
  ])
  expect(sim.stats().calls).toBe(3 + 4)
})

test('a refusal by the model fails the type at the first attempt', async () => {
  const rig = openScanRig()
  const sim = await testProviderSim({ faults: [{ kind: 'refusal' }] })
  await runWorker(rig, sim)
  const scan = await rig.ended(await rig.scan(types(1), ANTHROPIC))
  expect(scan).toMatchObject({ status: 'failed', failures: { byReason: { refused: 1 } } })
  expect(sim.stats().calls).toBe(1)
})

test('a call to a hanging provider ends at the deadline and is retried', async () => {
  const rig = openScanRig()
  const sim = await testProviderSim({ faults: [{ kind: 'hang-in-body', times: 1 }] })
  // Long enough for the second call on a busy machine.
  await runWorker(rig, sim, { CAPSTAN_CALL_TIMEOUT_MS: '3000' })
  const scanId = await rig.scan(types(1), ANTHROPIC)
  expect(await rig.ended(scanId)).toMatchObject({ status: 'succeeded' })
  const item = await rig.journal.item(scanId, ONE)
  expect(item?.attempts.map((attempt) => attempt.outcome)).toEqual(['retrying', 'succeeded'])
  expect(item?.attempts[0]?.problem?.reason).toBe('timeout')
})

test('server errors of the provider are retried until they end', async () => {
  const rig = openScanRig()
  const sim = await testProviderSim({ faults: [{ kind: 'server-error', times: 2 }] })
  await runWorker(rig, sim)
  const scan = await rig.ended(await rig.scan(types(1), ANTHROPIC))
  expect(scan).toMatchObject({ status: 'succeeded', usage: { calls: 3 } })
})

test('the Retry-After of a provider is obeyed without using an attempt', async () => {
  const rig = openScanRig()
  const sim = await testProviderSim({
    limits: { requestsPerMinute: 1, tokensPerMinute: 1_000_000 },
  })
  await runWorker(rig, sim)
  // Its headers would tell the limit to the second call before that is sent.
  const release = sim.hold({ matching: '' })
  const scanId = await rig.scan(types(2), ANTHROPIC)
  await until('one rate-limited call', () => sim.stats().rateLimited === 1 || undefined)
  release()
  const queue = rig.queues.get(TEST_ROUTE)
  await until('one answer and one job that waits in its queue', async () => {
    const { queued = 0, succeeded = 0 } = (await rig.journal.scan(scanId))?.progress ?? {}
    const waits = (await queue.getJobCountByTypes('prioritized')) === 1
    return queued === 1 && succeeded === 1 && waits ? true : undefined
  })
  const [waiting] = (await rig.journal.items(scanId, { status: 'queued', limit: 1 })).data
  expect(waiting).toMatchObject({ attempt: 0, attempts: [{ outcome: 'released' }] })
  const [pause] = await readRoutePauses(rig.redis, rig.keys, [queue.name])
  expect(pause?.untilMs).toBeGreaterThan(Date.now() + 30_000)
  expect(await queue.getRateLimitTtl()).toBeGreaterThan(30_000)
})

test('a rejected key pauses the scan with one reason and fails no type, and after a resume all types continue', async () => {
  const rig = openScanRig()
  const sim = await testProviderSim({ keys: ['sk-another'] })
  await runWorker(rig, sim)
  const scanId = await rig.scan(types(30), ANTHROPIC)
  const paused = await until('the pause', async () => {
    const scan = await rig.journal.scan(scanId)
    const waits = scan?.status === 'paused' && scan.progress.running === 0
    return waits &&
      (await rig.queues.get(TEST_ROUTE).getJobCountByTypes('prioritized', 'active')) === 0
      ? scan
      : undefined
  })
  expect(paused.pause?.problem).toMatchObject({ reason: 'provider_auth' })
  expect(paused.pause?.problem?.hint).toContain('ANTHROPIC_API_KEY')
  expect(paused.progress).toMatchObject({ queued: 30, failed: 0 })
  expect(JSON.stringify(paused)).not.toContain(KEY)
  sim.configure({})
  await rig.journal.resume(scanId, 'me')
  await rig.ensure(scanId)
  expect(await rig.ended(scanId)).toMatchObject({ status: 'succeeded' })
})

test('a cancel aborts the running calls of its scan and of no other scan', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim(SLOW)]
  await runWorker(rig, sim)
  const doomed = await rig.scan(types(3, 'Doomed'), ANTHROPIC)
  const other = await rig.scan(types(3, 'Other'), ANTHROPIC)
  await runningTypes(rig, doomed, 3)
  await runningTypes(rig, other, 3)
  await until('their calls', () => (sim.stats().inFlight === 6 ? true : undefined))
  await rig.journal.cancel(doomed, 'me')
  await publishSignal(rig.redis, rig.keys, { type: 'cancel', scanId: doomed })
  // The calls take a minute: only an abort ends them.
  expect(await rig.ended(doomed)).toMatchObject({ status: 'canceled', progress: { canceled: 3 } })
  expect((await rig.journal.scan(other))?.progress.running).toBe(3)
})

test('during a pause running calls end and no call starts', async () => {
  const rig = openScanRig()
  const sim = await testProviderSim()
  const release = sim.hold({ matching: 'Type' })
  await runWorker(rig, sim, { CAPSTAN_CONCURRENCY: '2' })
  const scanId = await rig.scan(types(10), ANTHROPIC)
  await until('two calls', () => (sim.stats().inFlight === 2 ? true : undefined))
  await rig.journal.pause(scanId, 'me', 'asked')
  await publishSignal(rig.redis, rig.keys, { type: 'pause', scanId })
  release()
  const paused = await until('the running calls to end', async () => {
    const scan = await rig.journal.scan(scanId)
    return scan?.progress.running === 0 ? scan : undefined
  })
  expect(paused).toMatchObject({ status: 'paused', progress: { succeeded: 2, queued: 8 } })
})

test('a job with an unreadable payload fails alone', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim()]
  // As another version would write it.
  const alien = { v: 2, everything: 'changed' } as never
  await rig.queues.get(TEST_ROUTE).add('infer', alien, { jobId: 'alien.job', priority: 1 })
  await runWorker(rig, sim)
  expect(await rig.ended(await rig.scan(types(5), ANTHROPIC))).toMatchObject({
    status: 'succeeded',
  })
  const job = await until('the end of the alien job', async () => {
    const state = await rig.queues.get(TEST_ROUTE).getJobState('alien.job')
    return state === 'failed' ? rig.queues.get(TEST_ROUTE).getJob('alien.job') : undefined
  })
  expect(job?.failedReason).toContain('unreadable')
  expect(job?.stacktrace).toEqual([])
})

test('a type whose definition has expired fails with a hint', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim()]
  const [only] = types(1) as [Definition]
  const scanId = await rig.scan([only], ANTHROPIC)
  await rig.redis.del(rig.keys.definition(computeDefinitionRef(only)))
  await runWorker(rig, sim)
  const scan = await rig.ended(scanId)
  expect(scan.failures.sample[0]?.problem).toMatchObject({ reason: 'schema_unavailable' })
  expect(scan.failures.sample[0]?.problem.hint).toContain('new scan')
})

test('a worker without the key of a provider does not consume its route, and a worker with the key does', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim()]
  await runWorker(rig)
  const scanId = await rig.scan(types(1), ANTHROPIC)
  // Consumed by the same worker, and added later.
  await rig.ended(await rig.scan(types(1), { provider: 'demo' }))
  expect(await rig.journal.item(scanId, ONE)).toMatchObject({ status: 'queued', attempts: [] })
  await runWorker(rig, sim)
  expect(await rig.ended(scanId)).toMatchObject({ status: 'succeeded' })
})

test('no failure writes the API key to Redis', async () => {
  const rig = openScanRig()
  const sim = await testProviderSim({
    faults: [
      { kind: 'html-error', times: 2 },
      { kind: 'broken-body', times: 2 },
    ],
  })
  await runWorker(rig, sim)
  await rig.ended(await rig.scan(types(6), ANTHROPIC))
  const everything = await readEverything(rig)
  expect(everything).toContain('Type0')
  expect(everything).not.toContain('canary')
})

async function readEverything({ redis, keys }: ScanRig): Promise<string> {
  const readers: Record<string, (name: string) => Promise<unknown>> = {
    string: (name) => redis.get(name),
    hash: (name) => redis.hgetall(name),
    list: (name) => redis.lrange(name, 0, -1),
    set: (name) => redis.smembers(name),
    zset: (name) => redis.zrange(name, 0, '-1'),
    stream: (name) => redis.xrange(name, '-', '+'),
  }
  const names: string[] = []
  for await (const some of redis.scanStream({ match: `${keys.prefix}*`, count: 500 })) {
    names.push(...(some as string[]))
  }
  const values = names.map(async (name) => readers[await redis.type(name)]?.(name))
  return JSON.stringify([names, await Promise.all(values)])
}
