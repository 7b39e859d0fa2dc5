import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testRedis } from '@capstan/testkit/redis'
import type { ItemProblem } from '../contract/problem.ts'
import { openJournal } from './journal.ts'
import { newScanId } from './scan-id.ts'
import type { Claim, Journal, NewScan, Outcome, PlanEntry } from './types.ts'

let redis: Redis
let journal: Journal
const { url, keys } = testRedis()

beforeAll(() => {
  redis = new Redis(url)
  journal = openJournal(redis, keys)
})
afterAll(() => redis.quit())

const FAULT: ItemProblem = { reason: 'invalid_output', title: 'no JSON', retryable: false }

function newScan(change: Partial<NewScan['request']> = {}): NewScan {
  return {
    id: newScanId(),
    request: {
      cluster: `cluster-${Math.random()}`,
      include: ['*'],
      exclude: [],
      mode: 'incremental',
      priority: 'normal',
      onConflict: 'join',
      labels: {},
      ...change,
    },
    provider: 'demo',
    model: 'demo-rules',
    createdBy: 'local',
  }
}

function entry(resource: string, action: PlanEntry['action'] = 'analyze'): PlanEntry {
  return {
    resource,
    kind: 'Thing',
    group: 'example.com',
    version: 'v1',
    scope: 'Namespaced',
    definition: 'a'.repeat(64),
    contentKey: 'b'.repeat(64),
    estimatedTokens: 100,
    truncated: false,
    action,
    ...(action === 'undescribable' ? { problem: { ...FAULT, reason: 'schema_unavailable' } } : {}),
  }
}

async function planned(resources: string[]): Promise<string> {
  const scan = newScan()
  await journal.open(scan)
  await journal.plan(scan.id, {
    entries: resources.map((resource) => entry(resource)),
    excluded: [{ resource: 'events', reason: 'default' }],
    unavailable: [],
    warnings: [],
  })
  return scan.id
}

const FACTS = {
  worker: 'w1',
  startedAt: '2026-11-23T10:00:00.000Z',
  durationMs: 1000,
  provider: 'demo',
  model: 'demo-rules',
  usage: { inputTokens: 10, cachedTokens: 1, outputTokens: 5 },
  calls: 1,
}
const SUCCEEDED: Outcome = {
  ...FACTS,
  type: 'succeeded',
  cached: false,
  confidence: 0.9,
  capabilities: ['runs things'],
  costUsd: 0.5,
}

function epochOf(claim: Claim): number {
  if (claim.outcome !== 'claimed') throw new Error(`not claimed: ${claim.because}`)
  return claim.epoch
}

test('a scan goes from discovering over running to succeeded and counts what it used', async () => {
  const id = await planned(['a.example.com', 'b.example.com'])
  expect((await journal.scan(id))?.status).toBe('queued')
  for (const resource of ['a.example.com', 'b.example.com']) {
    const claim = await journal.claim(id, resource, 'w1')
    expect((await journal.scan(id))?.status).toBe('running')
    expect(await journal.record(id, resource, epochOf(claim), SUCCEEDED)).toBe('recorded')
  }
  const scan = await journal.scan(id)
  expect(scan).toMatchObject({
    status: 'succeeded',
    done: true,
    progress: { total: 2, succeeded: 2, finished: 2, percent: 100 },
    usage: {
      inputTokens: 20,
      cachedTokens: 2,
      outputTokens: 10,
      calls: 2,
      costUsd: 1,
      pricing: 'known',
    },
    excluded: { count: 1, byReason: { default: 1 } },
    workMs: 2000,
  })
  expect(await journal.activeScanIds()).not.toContain(id)
})

test('events are numbered without a gap and end with scan.finished', async () => {
  const id = await planned(['a.example.com'])
  const claim = await journal.claim(id, 'a.example.com', 'w1')
  await journal.record(id, 'a.example.com', epochOf(claim), SUCCEEDED)
  const { events, gap } = await journal.events(id, 0, 100)
  expect(gap).toBeNull()
  expect(events.map((event) => event.type)).toEqual([
    'scan.started',
    'resource.started',
    'resource.succeeded',
    'scan.finished',
  ])
  expect(events.map((event) => event.seq)).toEqual([1, 2, 3, 4])
  expect((await journal.events(id, 2, 100)).events.map((event) => event.id)).toEqual(['3-0', '4-0'])
})

test('a worker that was overtaken cannot record', async () => {
  const id = await planned(['a.example.com'])
  const first = epochOf(await journal.claim(id, 'a.example.com', 'w1'))
  const second = epochOf(await journal.claim(id, 'a.example.com', 'w2'))
  expect(await journal.record(id, 'a.example.com', first, SUCCEEDED)).toBe('fenced')
  expect(await journal.record(id, 'a.example.com', second, SUCCEEDED)).toBe('recorded')
  expect(await journal.record(id, 'a.example.com', second, SUCCEEDED)).toBe('duplicate')
  const item = await journal.item(id, 'a.example.com')
  expect(item?.attempts.map((attempt) => attempt.outcome)).toEqual(['lost', 'succeeded'])
  expect((await journal.scan(id))?.usage.calls).toBe(1)
})

test('a type that kills five workers fails and lets the scan end', async () => {
  const id = await planned(['a.example.com'])
  for (let start = 0; start < 5; start++) await journal.claim(id, 'a.example.com', 'w1')
  expect(await journal.claim(id, 'a.example.com', 'w1')).toEqual({
    outcome: 'refused',
    because: 'already-done',
  })
  const scan = await journal.scan(id)
  expect(scan?.status).toBe('failed')
  expect(scan?.failures.byReason).toEqual({ worker_lost: 1 })
})

test('a retry waits without ending the scan and a free one uses no attempt', async () => {
  const id = await planned(['a.example.com'])
  const problem: ItemProblem = { reason: 'rate_limited', title: 'slow down', retryable: true }
  const first = await journal.claim(id, 'a.example.com', 'w1')
  await journal.record(id, 'a.example.com', epochOf(first), {
    ...FACTS,
    type: 'retrying',
    problem,
    delayMs: 5000,
    free: true,
  })
  const scan = await journal.scan(id)
  expect(scan?.progress).toMatchObject({ retrying: 1, finished: 0 })
  const second = await journal.claim(id, 'a.example.com', 'w1')
  expect(second).toMatchObject({ outcome: 'claimed', attempt: 1, epoch: 2 })
  const retrying = (await journal.events(id, 0, 10)).events.find(
    (e) => e.type === 'resource.retrying',
  )
  expect(retrying?.data).toMatchObject({ delayMs: 5000, reason: 'rate_limited' })
  expect(Date.parse(String(retrying?.data['nextAttemptAt']))).toBeGreaterThan(0)
})

test('a released item goes back to the queue without using an attempt', async () => {
  const id = await planned(['a.example.com'])
  const claim = await journal.claim(id, 'a.example.com', 'w1')
  await journal.record(id, 'a.example.com', epochOf(claim), {
    ...FACTS,
    type: 'released',
    because: 'worker stops',
  })
  expect(await journal.item(id, 'a.example.com')).toMatchObject({ status: 'queued', attempt: 0 })
})

test('a paused scan refuses claims, a resumed one gives them', async () => {
  const id = await planned(['a.example.com'])
  expect(await journal.pause(id, 'ci', 'lunch')).toEqual({ outcome: 'changed', status: 'paused' })
  expect(await journal.pause(id, 'ci', 'lunch')).toEqual({ outcome: 'unchanged', status: 'paused' })
  expect((await journal.scan(id))?.pause).toEqual({ by: 'ci', reason: 'lunch' })
  expect(await journal.claim(id, 'a.example.com', 'w1')).toEqual({
    outcome: 'refused',
    because: 'paused',
  })
  expect(await journal.resume(id, 'ci')).toEqual({ outcome: 'changed', status: 'queued' })
  expect(await journal.claim(id, 'a.example.com', 'w1')).toMatchObject({ outcome: 'claimed' })
})

test('cancel ends what waits at once and what runs when it records', async () => {
  const id = await planned(['a.example.com', 'b.example.com'])
  const claim = await journal.claim(id, 'a.example.com', 'w1')
  expect(await journal.cancel(id, 'ci')).toEqual({ outcome: 'changed', status: 'canceling' })
  expect((await journal.scan(id))?.progress).toMatchObject({ canceled: 1, running: 1 })
  await journal.record(id, 'a.example.com', epochOf(claim), {
    ...FACTS,
    type: 'failed',
    problem: FAULT,
  })
  expect(await journal.scan(id)).toMatchObject({ status: 'canceled', progress: { canceled: 2 } })
  expect(await journal.cancel(id, 'ci')).toEqual({ outcome: 'unchanged', status: 'canceled' })
})

test('retry reopens a scan for its failed types only', async () => {
  const id = await planned(['a.example.com', 'b.example.com'])
  for (const [resource, outcome] of [
    ['a.example.com', SUCCEEDED],
    ['b.example.com', { ...FACTS, type: 'failed', problem: FAULT }],
  ] as const) {
    const claim = await journal.claim(id, resource, 'w1')
    await journal.record(id, resource, epochOf(claim), outcome)
  }
  expect(await journal.scan(id)).toMatchObject({
    status: 'partial',
    failures: { byReason: { invalid_output: 1 }, sample: [{ resource: 'b.example.com' }] },
  })
  expect(await journal.retry(id, 'ci')).toEqual({
    outcome: 'changed',
    status: 'queued',
    requeued: 1,
  })
  const claim = await journal.claim(id, 'b.example.com', 'w1')
  await journal.record(id, 'b.example.com', epochOf(claim), SUCCEEDED)
  expect(await journal.scan(id)).toMatchObject({
    status: 'succeeded',
    runAttempt: 2,
    failures: { byReason: {} },
  })
})

test('a plan with nothing to analyse ends the scan at once', async () => {
  const scan = newScan()
  await journal.open(scan)
  const plan = {
    entries: [entry('a.example.com', 'unchanged'), entry('b.example.com', 'undescribable')],
    excluded: [],
    unavailable: [],
    warnings: [],
  }
  expect(await journal.plan(scan.id, plan)).toBe('planned')
  expect(await journal.plan(scan.id, plan)).toBe('already-planned')
  expect(await journal.scan(scan.id)).toMatchObject({
    status: 'partial',
    progress: { total: 2, skipped: 1, failed: 1 },
  })
})

test('one scan runs on a cluster unless parallel ones are asked for', async () => {
  const first = newScan()
  expect(await journal.open(first)).toEqual({ outcome: 'opened' })
  expect(await journal.open(first)).toEqual({ outcome: 'opened' })
  const { cluster } = first.request
  expect(await journal.open(newScan({ cluster }))).toEqual({
    outcome: 'conflict',
    scanId: first.id,
  })
  expect(await journal.open(newScan({ cluster, onConflict: 'parallel' }))).toEqual({
    outcome: 'opened',
  })
  await journal.failScan(first.id, FAULT)
  expect(await journal.open(newScan({ cluster }))).toEqual({ outcome: 'opened' })
})

test('repair puts a displaced item back into the set its state names', async () => {
  const id = await planned(['a.example.com', 'b.example.com'])
  await redis.zrem(keys.scanStatus(id, 'queued'), 'a.example.com')
  await redis.zadd(keys.scanStatus(id, 'failed'), 1, 'b.example.com')
  expect((await journal.repair(id)).repaired.toSorted()).toEqual(['a.example.com', 'b.example.com'])
  expect((await journal.scan(id))?.progress).toMatchObject({ queued: 2, failed: 0 })
  expect((await journal.repair(id)).repaired).toEqual([])
})

test('lists page by cursor, by status and by name, newest scan first', async () => {
  const names = ['c', 'a', 'b', 'd', 'e'].map((letter) => `${letter}.example.com`)
  const id = await planned(names)
  const first = await journal.items(id, { limit: 2 })
  expect(first.data.map((item) => item.resource)).toEqual(['a.example.com', 'b.example.com'])
  const second = await journal.items(id, { limit: 3, cursor: first.page.nextCursor ?? '' })
  expect(second.data.map((item) => item.resource)).toEqual(names.toSorted().slice(2))
  expect(second.page.nextCursor).toBeNull()
  const queued = await journal.items(id, { status: 'queued', limit: 4 })
  expect(queued.data.map((item) => item.resource)).toEqual(names.slice(0, 4))
  const rest = await journal.items(id, {
    status: 'queued',
    limit: 4,
    cursor: queued.page.nextCursor ?? '',
  })
  expect(rest.data.map((item) => item.resource)).toEqual(names.slice(4))
  await expect(journal.items(id, { limit: 1, cursor: '%%%' })).rejects.toMatchObject({
    code: 'VALIDATION',
  })
  const scans = await journal.scans({ limit: 2 })
  expect(scans.data[0]?.id).toBe(id)
  expect(scans.page.nextCursor).not.toBeNull()
})

test('a finished scan expires as a whole, and forget leaves nothing of it', async () => {
  const id = await planned(['a.example.com'])
  expect(await journal.forget(id)).toMatchObject({ outcome: 'wrong-state' })
  const claim = await journal.claim(id, 'a.example.com', 'w1')
  await journal.record(id, 'a.example.com', epochOf(claim), SUCCEEDED)
  const mine = async (): Promise<string[]> =>
    redis.keys(`${keys.prefix.replace('{', '\\{')}:scan:${id}*`)
  const left = await mine()
  expect(left.length).toBeGreaterThan(3)
  for (const key of left) expect(await redis.ttl(key)).toBeGreaterThan(0)
  await journal.forget(id)
  expect(await mine()).toEqual([])
})

test('two connections racing over 2,000 records count each item once', async () => {
  const names = Array.from({ length: 200 }, (_, index) => `t${index}.example.com`)
  const id = await planned(names)
  const other = new Redis(url)
  const rival = openJournal(other, keys)
  const claims = await Promise.all(names.map((name) => journal.claim(id, name, 'w1')))
  const answers = await Promise.all(
    names.flatMap((name, index) =>
      Array.from({ length: 10 }, (_, turn) =>
        (turn % 2 ? rival : journal).record(id, name, epochOf(claims[index] as Claim), SUCCEEDED),
      ),
    ),
  )
  expect(answers.filter((answer) => answer === 'recorded')).toHaveLength(200)
  expect(await journal.scan(id)).toMatchObject({
    status: 'succeeded',
    progress: { succeeded: 200 },
    usage: { calls: 200 },
  })
  await other.quit()
})

test('a plan of 10,000 types is written in one step', async () => {
  const id = await planned(Array.from({ length: 10_000 }, (_, index) => `t${index}.example.com`))
  expect((await journal.scan(id))?.progress).toMatchObject({ total: 10_000, queued: 10_000 })
  expect(await journal.pending(id)).toHaveLength(10_000)
  await journal.cancel(id, 'test')
  expect((await journal.scan(id))?.progress.canceled).toBe(10_000)
})

test('an unknown scan is unknown everywhere', async () => {
  const id = newScanId()
  expect(await journal.scan(id)).toBeUndefined()
  expect(await journal.pause(id, 'x', 'y')).toEqual({ outcome: 'unknown' })
  expect(await journal.claim(id, 'a', 'w')).toEqual({ outcome: 'refused', because: 'unknown' })
  expect(await journal.item(id, 'a')).toBeUndefined()
})
