import { expect, test } from 'vitest'
import { AppError } from '@capstan/shared/errors'
import { until } from '@capstan/testkit/until'
import { SESSION_ID } from './compat-client.ts'
import { startCompatRig, type CompatRig } from './compat-rig.ts'

const KAFKA = 'kafkas.example.com'

/** Waits for the plan of a session. Returns the id of its scan. */
async function planned({ client }: CompatRig, sessionId: string): Promise<string> {
  return until('the plan', async () => {
    const result = await client.call('progress', { sessionId })
    return result.progress ? String(result['scanId']) : undefined
  })
}

async function started(rig: CompatRig, more: Record<string, unknown>): Promise<string> {
  const result = await rig.client.call('scan', more)
  expect(result).toMatchObject({ success: true, status: 'started' })
  return result.sessionId ?? ''
}

test('SRV-9: a list of blanks is an empty list and starts no scan', async () => {
  const { client, deps } = await startCompatRig()
  for (const resourceList of ['  ,  ,  ', [], [' ']]) {
    expect(await client.call('scan', { resourceList })).toEqual({
      success: false,
      operation: 'scan',
      dataType: 'capabilities',
      error: {
        message: 'Empty resource list',
        details: 'resourceList parameter must contain at least one resource',
      },
    })
  }
  expect((await deps.journal.scans({ limit: 5 })).data).toEqual([])
})

test('SRV-5: progress without an id is that of the latest session', async () => {
  const rig = await startCompatRig()
  expect(await rig.client.call('progress')).toMatchObject({
    success: false,
    operation: 'progress',
    dataType: 'capabilities',
    error: { message: 'No capability scan sessions found' },
  })
  await started(rig, { resourceList: 'Kafka.example.com' })
  const later = await started(rig, { resourceList: 'Topic.example.com' })
  await planned(rig, later)
  expect(await rig.client.call('progress')).toMatchObject({ success: true, sessionId: later })
})

test('SES-1: a scan that was started by REST can be followed as the latest session', async () => {
  const rig = await startCompatRig()
  const id = await rig.maker.open('prod')
  await rig.maker.plan(id, [KAFKA, 'topics.example.com'])
  await rig.maker.work(id, KAFKA)
  const { sessionId = '', ...progress } = await rig.client.call('progress')
  expect(sessionId).toMatch(SESSION_ID)
  expect(progress).toMatchObject({ scanId: id, progress: { current: 1, total: 2, percentage: 50 } })
  expect(await rig.client.call('progress', { sessionId })).toMatchObject({ scanId: id })
  expect(await rig.client.call('progress')).toMatchObject({ sessionId, scanId: id })
  const later = await rig.maker.open('prod')
  await rig.maker.plan(later, [KAFKA])
  expect(await rig.client.call('progress')).toMatchObject({ scanId: later })
})

test('SES-2: progress counts finished types, names a running type and lists failures with their causes', async () => {
  const rig = await startCompatRig()
  const sessionId = await started(rig, {
    resourceList: 'Kafka.example.com,Postgres.example.com,Topic.example.com',
  })
  const id = await planned(rig, sessionId)
  await rig.maker.work(id, KAFKA)
  await rig.maker.work(id, 'postgress.example.com', 'failed')
  await rig.deps.journal.claim(id, 'topics.example.com', 'w1')
  expect(await rig.client.call('progress', { sessionId })).toMatchObject({
    success: true,
    sessionId,
    progress: {
      status: 'processing',
      current: 2,
      total: 3,
      percentage: 66,
      currentResource: 'Thing.example.com'.replace('Thing', 'Topic'),
      successfulResources: 1,
      failedResources: 1,
      errors: [{ resource: 'postgress.example.com', error: 'The model refused' }],
      startedAt: expect.any(String) as string,
      lastUpdated: expect.any(String) as string,
    },
    sessionInfo: { currentStep: 'scanning', resourceCount: 3 },
    message: 'Capability scan in progress: 2/3 (66%), 1 failed',
    display: { summary: expect.stringContaining('2/3') as string },
  })
  const claim = await rig.deps.journal.item(id, 'topics.example.com')
  expect(claim?.status).toBe('running')
})

test('SES-3: a session without a plan has the status no-progress-data', async () => {
  const rig = await startCompatRig()
  const { sessionId } = await rig.client.call('scan')
  expect(await rig.client.call('progress', { sessionId })).toMatchObject({
    success: true,
    status: 'no-progress-data',
    currentStep: 'resource-selection',
  })
})

test('SES-4: sessions survive a restart of the process and the end of their scan', async () => {
  const first = await startCompatRig(['Kafka'])
  const sessionId = await started(first, { mode: 'full' })
  const id = await planned(first, sessionId)
  await first.close()
  const second = await startCompatRig(['Kafka'], { redis: first.redis })
  await second.maker.work(id, KAFKA)
  const ended = await second.client.ended(sessionId)
  expect(ended).toMatchObject({
    success: true,
    progress: {
      status: 'completed',
      percentage: 100,
      totalProcessingTime: expect.stringMatching(/^\d+ seconds$/) as string,
      completedAt: expect.any(String) as string,
    },
    message: expect.stringContaining('completed successfully: 1/1') as string,
  })
  const ttl = await second.deps.redis.ttl(second.redis.keys.compatSession(sessionId))
  expect(ttl).toBeGreaterThan(29 * 86_400)
})

test('OLD-8: the progress of an unknown session is an error with a hint', async () => {
  const { client } = await startCompatRig()
  for (const sessionId of ['cap-scan-1-00000000', '../../etc/passwd', 'a'.repeat(5_000)]) {
    expect(await client.call('progress', { sessionId })).toMatchObject({
      success: false,
      error: { message: 'Session not found', help: expect.stringContaining('scan') as string },
    })
  }
})

test('D3: a scan of an unreachable cluster fails at once with a hint', async () => {
  const { client, cluster, deps } = await startCompatRig()
  cluster.fault = new AppError('CLUSTER_UNREACHABLE', 'Connection refused', { hint: 'Check it.' })
  for (const more of [{ mode: 'full' }, { resourceList: 'Kafka.example.com' }]) {
    expect(await client.call('scan', more)).toEqual({
      success: false,
      operation: 'scan',
      dataType: 'capabilities',
      error: {
        message: 'Cluster resource discovery failed',
        details: 'Connection refused',
        suggestedActions: ['Check it.'],
      },
    })
  }
  expect((await deps.journal.scans({ limit: 5 })).data).toEqual([])
})

test('ERR-5: a list with only unknown names is an error with those names', async () => {
  const { client } = await startCompatRig()
  expect(await client.call('scan', { resourceList: 'Nope.example.com,Pood' })).toMatchObject({
    success: false,
    error: {
      message: 'No resources discovered in cluster',
      details: 'The cluster has none of: Nope.example.com, Pood',
    },
  })
})

test('ERR-6: a scan with a collection that is not a cluster is rejected', async () => {
  const { client } = await startCompatRig()
  expect(await client.call('scan', { mode: 'full', collection: 'nowhere' })).toMatchObject({
    success: false,
    error: { message: 'Vector DB collection initialization failed' },
  })
})

test('D3b: a scan that fails after its start is reported as failed, not as running or completed', async () => {
  const rig = await startCompatRig(['Kafka'], { planner: false })
  const sessionId = await started(rig, { mode: 'full' })
  const { data } = await rig.deps.journal.scans({ limit: 1 })
  const problem = { reason: 'internal' as const, title: 'The cluster went away', retryable: true }
  await rig.deps.journal.failScan(data[0]?.id ?? '', problem)
  expect(await rig.client.call('progress', { sessionId })).toMatchObject({
    success: false,
    error: { message: 'Capability scanning failed', details: 'The cluster went away' },
    progress: { status: 'failed' },
  })
})

test('D7: progress reports canceled and paused scans', async () => {
  const rig = await startCompatRig()
  const sessionId = await started(rig, { mode: 'full' })
  const id = await planned(rig, sessionId)
  await rig.ask(`/api/v1/scans/${id}/pause`, { method: 'POST' })
  expect(await rig.client.call('progress', { sessionId })).toMatchObject({
    success: true,
    progress: { status: 'processing' },
    message: 'Capability scan is paused at 0/3: requested',
  })
  await rig.ask(`/api/v1/scans/${id}/cancel`, { method: 'POST' })
  expect(await rig.client.ended(sessionId)).toMatchObject({
    success: false,
    error: { message: 'Capability scan was cancelled' },
    progress: { status: 'cancelled', current: 3, total: 3, failedResources: 3 },
  })
})

test('D5: a repeated full scan joins the running scan, also at another replica', async () => {
  const rig = await startCompatRig()
  const replica = await startCompatRig(undefined, { redis: rig.redis })
  const first = await started(rig, { mode: 'full' })
  const second = await started(replica, { mode: 'full' })
  expect(second).not.toBe(first)
  expect(await planned(replica, second)).toBe(await planned(rig, first))
  expect((await rig.deps.journal.scans({ limit: 5 })).data.length).toBe(1)
})

test('D5b: a list during a full scan starts its own scan, because the full scan may have read older definitions', async () => {
  const rig = await startCompatRig()
  const full = await planned(rig, await started(rig, { mode: 'full' }))
  const own = await planned(rig, await started(rig, { resourceList: 'Kafka.example.com' }))
  expect(own).not.toBe(full)
  expect(await rig.maker.read(own)).toMatchObject({
    include: [KAFKA],
    labels: { compat: 'dot-ai' },
    progress: { total: 1 },
  })
})

test('D2: a type that is listed under several names is scanned once', async () => {
  const rig = await startCompatRig()
  const resourceList = 'Kafka.example.com,kafkas.example.com, Kafka.example.com'
  const id = await planned(rig, await started(rig, { resourceList }))
  expect((await rig.maker.read(id)).progress.total).toBe(1)
})

test('SRV-10: a list of more than 10,000 names, or of commas only, starts no scan', async () => {
  const { client, deps } = await startCompatRig()
  const names = Array.from({ length: 10_001 }, (_, index) => `Kind${index}`)
  expect(await client.call('scan', { resourceList: names.join(',') })).toMatchObject({
    success: false,
    error: { details: 'resourceList has more than 10000 names' },
  })
  expect(await client.call('scan', { resourceList: ','.repeat(2_000_000) })).toMatchObject({
    success: false,
    error: { message: 'Empty resource list' },
  })
  expect((await deps.journal.scans({ limit: 5 })).data).toEqual([])
})
