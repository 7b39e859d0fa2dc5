import { randomUUID } from 'node:crypto'
import { Worker } from 'bullmq'
import { expect, test } from 'vitest'
import type { AttemptOutcome } from '@capstan/scan-store/journal/types'
import { buildInferJobId, type InferQueue } from '@capstan/scan-store/queue/infer-queue'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { openScanRig, type ScanRig } from '@capstan/testkit/scan-rig'
import { until } from '@capstan/testkit/until'
import { runWorker } from './run-worker.ts'

const ANTHROPIC = { provider: 'anthropic' } as const
const RESOURCE = 'type0s.example.com'
const SHORT_LOCKS = { CAPSTAN_LOCK_MS: '1500', CAPSTAN_STALLED_MS: '500' }
const FACTS = {
  worker: 'killed',
  startedAt: new Date().toISOString(),
  durationMs: 5,
  provider: 'anthropic',
  model: 'test-model',
  usage: { inputTokens: 1, cachedTokens: 0, outputTokens: 1 },
  calls: 1,
}
const PROBLEM = {
  reason: 'refused' as const,
  title: 'The model refused',
  hint: 'Exclude the type.',
  retryable: false,
}

/** The state after a kill -9 between the record of an item and the end of its job: the job is active without a worker. */
async function recordAndDie(rig: ScanRig, outcome: AttemptOutcome): Promise<[InferQueue, string]> {
  // Two types, so that the scan goes on.
  const scanId = await rig.scan([makeDefinition('Type0'), makeDefinition('Type1')], ANTHROPIC)
  const queue = rig.queues.get({ ...ANTHROPIC, model: 'test-model' })
  const jobId = buildInferJobId(scanId, RESOURCE)
  const killed = new Worker(queue.name, null, {
    connection: rig.redis,
    prefix: rig.keys.bullPrefix,
    lockDuration: 100,
  })
  const job = await killed.getNextJob(randomUUID())
  await killed.close(true)
  expect(job?.id).toBe(jobId)
  const claim = await rig.journal.claim(scanId, RESOURCE, 'killed')
  if (claim.outcome !== 'claimed') throw new Error('not claimed')
  const recorded = await rig.journal.record(scanId, RESOURCE, claim.epoch, outcome)
  expect(recorded).toBe('recorded')
  return [queue, jobId]
}

test('the job of a type that was recorded as failed before its worker was killed fails with the same reason', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim()]
  const failed: AttemptOutcome = { type: 'failed', problem: PROBLEM, ...FACTS }
  const [queue, jobId] = await recordAndDie(rig, failed)
  await runWorker(rig, sim, SHORT_LOCKS)
  await until('the failed job', async () =>
    (await queue.getJobState(jobId)) === 'failed' ? true : undefined,
  )
  const job = await queue.getJob(jobId)
  expect(job?.failedReason).toBe('refused: The model refused (Exclude the type.)')
  const logs = await until('the log of the job', async () => {
    const log = await queue.getJobLogs(jobId)
    return log.count > 0 ? log.logs : undefined
  })
  expect(logs).toEqual(['[2] an earlier attempt has recorded this type as failed'])
  await until('the other job', async () => (await queue.getCompletedCount()) === 1 || undefined)
  expect(sim.stats().calls).toBe(1)
})

test('the job of a type that was recorded as succeeded before its worker was killed completes', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim()]
  const answer = { confidence: 0.9, capabilities: ['things'], answerHash: 'a'.repeat(16) }
  const succeeded: AttemptOutcome = {
    type: 'succeeded',
    cached: false,
    costUsd: 0,
    ...answer,
    ...FACTS,
  }
  const [queue, jobId] = await recordAndDie(rig, succeeded)
  await runWorker(rig, sim, SHORT_LOCKS)
  await until('both jobs', async () => (await queue.getCompletedCount()) === 2 || undefined)
  expect(await queue.getJobState(jobId)).toBe('completed')
  expect(sim.stats().calls).toBe(1)
})

test('the job of a scan that was deleted while it ran is removed', async () => {
  const [rig, sim] = [openScanRig(), await testProviderSim()]
  const release = sim.hold({ matching: 'Type' })
  await runWorker(rig, sim)
  const scanId = await rig.scan([makeDefinition('Type0')], ANTHROPIC)
  const queue = rig.queues.get({ ...ANTHROPIC, model: 'test-model' })
  await until('the call', () => (sim.stats().inFlight === 1 ? true : undefined))
  // As the reconciler ends what it takes for lost.
  await rig.journal.abandon(scanId, RESOURCE, { ...PROBLEM, reason: 'worker_lost' })
  expect(await rig.journal.forget(scanId)).toMatchObject({ outcome: 'changed' })
  release()
  await until('the end of the job', async () =>
    (await queue.getJobCountByTypes('active')) === 0 ? true : undefined,
  )
  expect(await queue.getJob(buildInferJobId(scanId, RESOURCE))).toBeUndefined()
  expect(await queue.getJobCounts('completed', 'failed')).toEqual({ completed: 0, failed: 0 })
})
