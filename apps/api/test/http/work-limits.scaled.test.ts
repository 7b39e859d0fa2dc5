import { expect, test } from 'vitest'
import { withAbort } from '@capstan/shared/async/with-abort'
import { scaled } from '@capstan/testkit/scaled'
import { startRig, type ApiRig } from '../support/api-rig.ts'
import { literalClusters } from '../support/literal-clusters.ts'
import { discoverTypes } from '../../src/clusters/find-types.ts'

const kinds = (count: number) => Array.from({ length: count }, (_, index) => `Kind${index}`)

interface Seen {
  status: number
  code: string | undefined
  retryAfter: number
}

async function postAll(rig: ApiRig, count: number, json: unknown): Promise<Seen[]> {
  const answers = Array.from({ length: count }, () => rig.ask('/api/v1/scans', { json }))
  return Promise.all((await Promise.all(answers)).map(readAnswer))
}

async function readAnswer(response: Response): Promise<Seen> {
  const { code } = (await response.json()) as { code?: string }
  return { status: response.status, code, retryAfter: Number(response.headers.get('retry-after')) }
}

/** A cluster whose discovery blocks until `open` is called. */
function heldCluster(types = 3) {
  const { cluster, clusters } = literalClusters(kinds(types))
  const gate = Promise.withResolvers<void>()
  cluster.answersAfter = () => gate.promise
  return { cluster, clusters, open: gate.resolve }
}

/** Starts at the same time, and the types that each of them plans. */
const STARTS = scaled(120, 500)
const TYPES = scaled(300, 1_500)
const SLOTS = 32

test('hundreds of simultaneous starts are accepted or rejected with OVERLOADED, and repeating the rejected ones succeeds', async () => {
  const { cluster, clusters, open } = heldCluster(TYPES)
  const rig = await startRig({ clusters, postsPerMinute: 100_000 })
  const held = postAll(rig, SLOTS, { onConflict: 'parallel' })
  await expect.poll(() => cluster.discoveries).toBe(SLOTS)
  const rounds = [await postAll(rig, STARTS - SLOTS, { onConflict: 'parallel' })]
  open()
  rounds.push(await held)
  for (let left = STARTS - SLOTS; left > 0;) {
    const seen = await postAll(rig, left, { onConflict: 'parallel' })
    rounds.push(seen)
    left = seen.filter(({ status }) => status !== 202).length
  }
  const refused = rounds.flat().filter(({ status }) => status !== 202)
  expect(refused.length).toBeGreaterThanOrEqual(STARTS - SLOTS)
  expect(new Set(refused.map(({ status, code }) => `${status} ${code}`))).toEqual(
    new Set(['503 OVERLOADED']),
  )
  expect(refused.every(({ retryAfter }) => retryAfter >= 1 && retryAfter <= 5)).toBe(true)
  expect(rounds.slice(1).every((round) => round.some(({ status }) => status === 202))).toBe(true)
  expect(await rig.deps.journal.activeScanIds()).toHaveLength(STARTS)
})

test('32 starts that wait for the cluster use all slots, and the next start is rejected', async () => {
  const { cluster, clusters, open } = heldCluster()
  const rig = await startRig({ clusters })
  const held = postAll(rig, 32, { onConflict: 'parallel' })
  await expect.poll(() => cluster.discoveries).toBe(32)
  expect(await postAll(rig, 1, {})).toMatchObject([{ status: 503, code: 'OVERLOADED' }])
  expect((await rig.ask('/api/v1/scans')).status).toBe(200)
  open()
  expect((await held).map(({ status }) => status)).toEqual(Array.from({ length: 32 }, () => 202))
  expect(await postAll(rig, 1, { onConflict: 'parallel' })).toMatchObject([{ status: 202 }])
})

test('a caller that waits for the end of its scan uses no slot for starts', async () => {
  const { clusters } = literalClusters(['Kafka'])
  const rig = await startRig({ clusters })
  const leaving = new AbortController()
  const waits = Array.from({ length: 32 }, () =>
    rig
      .ask('/api/v1/scans', {
        json: { onConflict: 'parallel' },
        headers: { prefer: 'wait=50' },
        signal: leaving.signal,
      })
      .catch(() => undefined),
  )
  await expect.poll(async () => (await rig.deps.journal.activeScanIds()).length).toBe(32)
  await expect
    .poll(async () => (await postAll(rig, 1, { onConflict: 'parallel' }))[0]?.status)
    .toBe(202)
  leaving.abort()
  await Promise.all(waits)
})

test('dry runs, imports, reindexing and comparisons with the cluster share four slots', async () => {
  const { cluster, clusters, open } = heldCluster()
  const rig = await startRig({ clusters })
  const held = postAll(rig, 4, { dryRun: true })
  await expect.poll(() => cluster.discoveries).toBe(4)
  const row = { 'content-type': 'application/x-ndjson' }
  const refused = [
    await rig.ask('/api/v1/scans', { json: { dryRun: true } }),
    await rig.ask('/api/v1/capabilities/import', { method: 'POST', body: '\n', headers: row }),
    await rig.ask('/api/v1/capabilities/reindex', { method: 'POST' }),
    await rig.ask('/api/v1/capabilities/removed'),
    await rig.ask('/api/v1/capabilities/removed', { method: 'DELETE' }),
  ]
  for (const response of refused) {
    expect(await readAnswer(response), response.url).toMatchObject({
      status: 503,
      code: 'OVERLOADED',
    })
  }
  open()
  expect((await held).map(({ status }) => status)).toEqual([200, 200, 200, 200])
  expect((await rig.ask('/api/v1/capabilities/removed')).status).toBe(200)
})

/** Keeps the event loop busy until the signal fires. */
function keepBusy(signal: AbortSignal): void {
  if (!signal.aborted) setImmediate(keepBusy, signal)
}

test('a discovery timeout of a busy process is OVERLOADED, not an error of the cluster', async () => {
  const { cluster, clusters } = heldCluster()
  const source = clusters.find('prod')
  if (!source) throw new Error('the cluster has no source')
  const look = (): Promise<unknown> =>
    discoverTypes(
      { ...source, discover: (signal) => withAbort(source.discover(signal), signal) },
      new AbortController().signal,
      0,
      300,
    )
  await expect(look()).rejects.toMatchObject({ code: 'CLUSTER_UNREACHABLE' })
  const ending = new AbortController()
  keepBusy(ending.signal)
  await expect(look()).rejects.toMatchObject({ code: 'OVERLOADED', retryable: true })
  ending.abort()
  expect(cluster.discoveries).toBe(2)
})
