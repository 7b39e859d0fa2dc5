import { expect, test } from 'vitest'
import { Problem } from '@capstan/shared/contract/problem'
import { ScanPlan } from '@capstan/shared/contract/scan/scan-plan'
import { StartedScan } from '@capstan/shared/contract/scan/started-scan'
import { announceTestWorker } from '../support/announce-test-worker.ts'
import { startRig, type ApiRig } from '../support/api-rig.ts'
import { literalClusters } from '../support/literal-clusters.ts'

const KINDS = ['Kafka', 'KafkaTopic', 'Postgres', 'Redis', 'Vault']

async function openRig(): Promise<ApiRig> {
  const { clusters } = literalClusters(KINDS)
  return startRig({ clusters, planner: true })
}

async function start(rig: ApiRig, json: object): Promise<StartedScan> {
  return StartedScan.parse(await (await rig.ask('/api/v1/scans', { json })).json())
}

const jobs = (rig: ApiRig) => rig.queue.getJobCountByTypes('prioritized', 'wait', 'delayed')

test('a scan with a concurrency reports it and has that many jobs, also after pause and resume', async () => {
  const rig = await openRig()
  const scan = await start(rig, { concurrency: 2 })
  expect(scan.concurrency).toBe(2)
  await expect.poll(() => jobs(rig)).toBe(2)
  for (const [verb, count] of [
    ['pause', 0],
    ['resume', 2],
  ] as const) {
    await rig.ask(`/api/v1/scans/${scan.id}/${verb}`, { json: {} })
    expect(await jobs(rig)).toBe(count)
  }
})

test('a scan without a concurrency has a job for each type', async () => {
  const rig = await openRig()
  expect((await start(rig, {})).concurrency).toBeNull()
  await expect.poll(() => jobs(rig)).toBe(KINDS.length)
})

test.each([0, 1_001, 1.5, '2'])('a concurrency of %j is rejected', async (concurrency) => {
  const rig = await openRig()
  const refused = await rig.ask('/api/v1/scans', { json: { concurrency } })
  expect(refused.status).toBe(400)
  expect(Problem.parse(await refused.json()).errors).toMatchObject([{ pointer: '#/concurrency' }])
})

test.each([{ dryRun: false }, { dryRun: true }])(
  'a concurrency with execution batch is rejected with 422, %j',
  async (request) => {
    const rig = await openRig()
    const json = { concurrency: 2, execution: 'batch', ...request }
    const refused = await rig.ask('/api/v1/scans', { json })
    expect(refused.status).toBe(422)
    expect(await refused.json()).toMatchObject({
      code: 'VALIDATION',
      errors: [{ pointer: '#/concurrency' }],
    })
    expect((await rig.deps.journal.scans({ limit: 10 })).data).toEqual([])
  },
)

test('the estimated duration of a dry run uses the concurrency, limited by the slots of the workers', async () => {
  const rig = await openRig()
  await announceTestWorker(rig, {
    concurrency: 3,
    providers: [{ provider: 'openai', model: 'gpt-test' }],
  })
  const seconds = async (concurrency?: number): Promise<number> => {
    const json = { provider: 'openai', dryRun: true, concurrency }
    const response = await rig.ask('/api/v1/scans', { json })
    return ScanPlan.parse(await response.json()).estimate.durationSeconds
  }
  expect([await seconds(1), await seconds(2), await seconds(3)]).toEqual([25, 15, 10])
  expect(await seconds(100)).toBe(10)
  expect(await seconds()).toBe(10)
})
