import { expect, test } from 'vitest'
import { openBatchStore } from '@capstan/scan-store/batches/batch-store'
import { contentKey } from '@capstan/shared/inference/content-key'
import { openResultCache } from '@capstan/scan-store/results/result-cache'
import { makeStoredResult } from '@capstan/testkit/make-stored-result'
import { openScanRig } from '@capstan/testkit/scan-rig'
import { pollScan } from '../src/batch/poll-scan.ts'
import {
  recordingSuite,
  never,
  ROUTE,
  openDeps,
  typesOf,
  startCollected,
  expectOnce,
} from './batch-recording.suite.ts'

// The stress test plays every step.
recordingSuite(4)

test('a question that waits for a batch is not submitted once another scan has stored its answer, but for a full scan', async () => {
  const rig = openScanRig()
  const types = typesOf('stored', 1)
  const request = { ...ROUTE, execution: 'batch' } as const
  const ids = [await rig.scan(types, request), await rig.scan(types, { ...request, mode: 'full' })]
  const [incremental = '', full = ''] = ids
  const pass = async () => {
    for (const scanId of ids) await pollScan(openDeps(rig, 'polling'), scanId, never)
  }
  await pass()
  const [{ outlineHash } = { outlineHash: '' }] = types
  const results = openResultCache(rig.redis, rig.keys)
  await results.put(contentKey({ outlineHash, ...ROUTE }), makeStoredResult())
  await pass()
  expect(await rig.journal.scan(incremental)).toMatchObject({
    status: 'succeeded',
    usage: { calls: 0, cacheHits: 1, costUsd: 0 },
  })
  expect(await rig.redis.exists(rig.keys.batchQuestions(incremental))).toBe(0)
  expect(await rig.journal.scan(full)).toMatchObject({ progress: { queued: 1 } })
})

test('a row that the catalog refuses delays no other answer of its batch', async () => {
  const rig = openScanRig()
  const scanId = await startCollected(rig, 'refused', 3)
  const deps = openDeps(rig, 'polling')
  const { put } = deps.catalog
  deps.catalog = {
    put: (rows) =>
      rows.some(({ kind }) => kind === 'refusedx1')
        ? Promise.reject(new Error('refused'))
        : put(rows),
  }
  await pollScan(deps, scanId, never)
  expect(await rig.journal.scan(scanId)).toMatchObject({ progress: { succeeded: 2, queued: 1 } })
  await pollScan(openDeps(rig, 'polling'), scanId, never)
  await expectOnce(rig, scanId, 'refused', 3)
})

test('an item whose worker has died is recorded, or its question is registered, while its route is paused', async () => {
  const rig = openScanRig()
  const answered = await startCollected(rig, 'answered', 1)
  const types = typesOf('asked', 1)
  const asked = await rig.scan(types, { ...ROUTE, execution: 'batch' })
  const resourceOf = async (scanId: string) => (await rig.journal.resources(scanId))[0] ?? ''
  for (const scanId of [answered, asked]) {
    await rig.journal.claim(scanId, await resourceOf(scanId), 'dead')
    await pollScan(openDeps(rig, 'polling'), scanId, never)
  }
  await expectOnce(rig, answered, 'answered', 1)
  const item = await rig.journal.item(answered, await resourceOf(answered))
  expect(item?.attempts.map(({ outcome }) => outcome)).toEqual(['lost', 'succeeded'])
  const { waiting } = await openBatchStore(rig.redis, rig.keys).readScan(asked)
  expect(waiting).toMatchObject([{ resource: await resourceOf(asked) }])
})
