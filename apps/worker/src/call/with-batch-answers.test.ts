import { expect, test } from 'vitest'
import type { QuestionClaim, StoredBatchAnswer } from '@capstan/scan-store/batches/batch-store'
import { makeItemRequest, makePaidResult } from '../../test/make-request.ts'
import { createWorkerMetrics } from '../metrics/worker-metrics.ts'
import { openBatchAnswers } from './answers/batch-answers.ts'
import { getCause, getSpent } from './model-call-error.ts'
import type { CallItem, ItemRequest } from './model-call.ts'
import { QuestionInBatchError, withBatchAnswers } from './with-batch-answers.ts'

const usage = { inputTokens: 7, cachedTokens: 0, outputTokens: 7 }

/** A request of a scan by batch, whose batch has given `answer`. */
function open(
  answer: StoredBatchAnswer | undefined,
  change: Partial<ItemRequest> = {},
  claim: QuestionClaim = { outcome: 'claimed' },
) {
  const waiting: string[] = []
  const batchStore = {
    readAnswer: async () => answer,
    releaseQuestion: async () => undefined,
    claimQuestion: async () => claim,
    addQuestion: async (_: string, { resource }: { resource: string }) =>
      void waiting.push(resource),
  }
  const batchAnswers = openBatchAnswers({ batchStore })
  const metrics = createWorkerMetrics({ version: '0', concurrency: 1, active: () => 0 })
  const times = { lookAgainMs: 30_000, elsewhereMs: 10_000 }
  const stage = withBatchAnswers({ batchAnswers, batchStore, metrics, ...times })
  const request = makeItemRequest(change)
  const claimed = request.item.claim
  const scan = { ...claimed.scan, execution: 'batch' as const }
  const item: CallItem = { ...request.item, claim: { ...claimed, scan } }
  const result = stage(async () => makePaidResult('by a call'))({ ...request, item })
  return { result, waiting }
}

test('an answer of a batch costs no call', async () => {
  const kept = {
    outcome: 'answered',
    text: 'by batch',
    stop: 'end',
    usage,
    requestId: null,
  } as const
  const { answer, spent } = await open(kept).result
  expect(answer.text).toBe('by batch')
  expect(spent.calls).toMatchObject([{ source: 'batch', outcome: 'answered', usage }])
})

test('a question without an answer waits for the next batch', async () => {
  const { result, waiting } = open(undefined)
  await expect(result).rejects.toEqual(new QuestionInBatchError(30_000))
  expect(waiting).toEqual(['things.example.com'])
})

test('a question in the batch of another scan is not asked again, and the error names that scan', async () => {
  const { result, waiting } = open(undefined, {}, { outcome: 'held', scanId: 'scan_2' })
  await expect(result).rejects.toMatchObject({ retryAfterMs: 10_000, askedBy: 'scan_2' })
  expect(waiting).toEqual([])
})

test('a question in the batch of another type of the same scan names no scan', async () => {
  const { result } = open(undefined, {}, { outcome: 'held', scanId: 'scan_1' })
  await expect(result).rejects.toMatchObject({ retryAfterMs: 10_000, askedBy: undefined })
})

test('a batch without a result for the type is a retryable error', async () => {
  const error: unknown = await open({ outcome: 'unserved', because: 'expired' }).result.catch(
    (thrown: unknown) => thrown,
  )
  expect(getCause(error)).toMatchObject({ reason: 'provider_error', policy: 'retry' })
  expect(getSpent(error).calls).toMatchObject([{ source: 'batch', outcome: 'unserved' }])
})

test.each([
  ['a repair', { isRepair: true }],
  ['a fallback model', { route: { ...makeItemRequest().route, model: 'another' } }],
])('%s is called', async (_, change) => {
  expect((await open(undefined, change).result).answer.text).toBe('by a call')
})
