import type { Redis } from 'ioredis'
import { z } from 'zod'
import { ItemReason } from '@capstan/shared/contract/problem'
import { Usage } from '@capstan/shared/contract/usage'
import type { RedisKeys } from '@capstan/redis/keys'
import { releaseLease, acquireLease } from '@capstan/redis/lease'
import { defineLuaScript } from '@capstan/redis/lua-script'

/** As long as a provider keeps the results of a batch. */
const KEEP_SECONDS = 29 * 86_400

/** Both providers end a batch after 24 hours. One hour more for reading its answers. */
const QUESTION_LEASE_MS = 25 * 3_600_000

const scripts = {
  claim: defineLuaScript(new URL('./claim-question.lua', import.meta.url)),
  wait: defineLuaScript(new URL('./add-question.lua', import.meta.url)),
  leave: defineLuaScript(new URL('./remove-question.lua', import.meta.url)),
  collect: defineLuaScript(new URL('./store-answers.lua', import.meta.url)),
}

/** The provider's answer to one question. It stays until the journal records it. */
export const StoredBatchAnswer = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('answered'),
    text: z.string(),
    stop: z.enum(['end', 'length', 'refusal']),
    usage: Usage,
    requestId: z.string().nullable(),
  }),
  z.object({
    outcome: z.literal('failed'),
    reason: ItemReason,
    policy: z.enum(['retry', 'wait', 'fail', 'pause-scan']),
    message: z.string(),
    hint: z.string().optional(),
  }),
  z.object({ outcome: z.literal('unserved'), because: z.enum(['expired', 'canceled', 'failed']) }),
])
export type StoredBatchAnswer = z.infer<typeof StoredBatchAnswer>

/** A batch from just before it is submitted until its answers are stored. */
const OpenBatch = z.object({
  name: z.string(),
  account: z.string(),
  /** In the order of its questions. */
  resources: z.array(z.string()),
  /** Refs of the definitions, in the same order. */
  definitions: z.array(z.string()),
  /** Id at the provider. Null until the provider has confirmed the batch; it may have arrived all the same. */
  id: z.string().nullable(),
  startedAtMs: z.number(),
  estimatedTokens: z.number(),
  estimatedCostUsd: z.number(),
})
export type OpenBatch = z.infer<typeof OpenBatch>

const StoredQuestion = z.object({
  definition: z.string(),
  sinceMs: z.number(),
  estimatedTokens: z.number(),
  estimatedCostUsd: z.number(),
  batch: z.string().nullable(),
})
type StoredQuestion = z.infer<typeof StoredQuestion>
export type WaitingQuestion = Omit<StoredQuestion, 'batch'> & { resource: string }

interface BatchScanState {
  waiting: WaitingQuestion[]
  open: OpenBatch[]
  /** Resources. */
  answered: string[]
}

export type QuestionClaim = { outcome: 'claimed' } | { outcome: 'held'; scanId: string }

/** The questions of batch scans: waiting, in a batch, or answered. The only state of batch mode; any worker can continue it. */
export interface BatchStore {
  /**
   * Leases a question for 25 hours or until `releaseQuestion`, so that one of all items with the same question asks it. `held`:
   * an item of that scan holds the lease, and its answer will be in the result cache.
   */
  claimQuestion(contentKey: string, scanId: string, resource: string): Promise<QuestionClaim>
  releaseQuestion(contentKey: string, scanId: string, resource: string): Promise<void>
  /** Adds a waiting question. No effect when it is in a batch or answered. */
  addQuestion(scanId: string, question: Omit<WaitingQuestion, 'sinceMs'>): Promise<void>
  /** Removes a waiting question. No effect once it is in a batch. */
  removeQuestion(scanId: string, resource: string): Promise<void>
  /** Reads an answer. It stays until the journal records it. */
  readAnswer(scanId: string, resource: string): Promise<StoredBatchAnswer | undefined>
  listScans(): Promise<string[]>
  readScan(scanId: string): Promise<BatchScanState>
  listOpenBatches(scanId: string): Promise<OpenBatch[]>
  /** Saves a batch before it is submitted, which ends the waiting of its questions; saves it again with the provider's id. */
  saveBatch(scanId: string, batch: OpenBatch): Promise<void>
  /** Stores the answers of a batch and removes the batch. False when another process has done so. */
  storeAnswers(
    scanId: string,
    name: string,
    answers: Map<string, StoredBatchAnswer>,
  ): Promise<boolean>
  forgetScan(scanId: string): Promise<void>
  /** Locks the batches of a scan for one process. The owner may call it again to extend the lock. */
  lockScan(scanId: string, owner: string, ttlMs: number): Promise<boolean>
  unlockScan(scanId: string, owner: string): Promise<void>
}

/** Opens the store over one Redis connection. The caller owns the connection. */
export function openBatchStore(redis: Redis, keys: RedisKeys): BatchStore {
  return {
    claimQuestion: async (contentKey, scanId, resource) => {
      const names = [keys.batchQuestion(contentKey), keys.batchScans]
      const owner = `${scanId} ${resource}`
      return asQuestionClaim(await scripts.claim.run(redis, names, [owner, QUESTION_LEASE_MS]))
    },
    releaseQuestion: async (contentKey, scanId, resource) => {
      const owner = `${scanId} ${resource}`
      await releaseLease(redis, { key: keys.batchQuestion(contentKey), owner })
    },
    addQuestion: async (scanId, { resource, ...question }) => {
      const stored: StoredQuestion = { ...question, sinceMs: Date.now(), batch: null }
      const names = [keys.batchQuestions(scanId), keys.batchAnswers(scanId), keys.batchScans]
      const args = [resource, JSON.stringify(stored), scanId, KEEP_SECONDS]
      await scripts.wait.run(redis, names, args)
    },
    removeQuestion: async (scanId, resource) => {
      await scripts.leave.run(redis, [keys.batchQuestions(scanId)], [resource])
    },
    readAnswer: async (scanId, resource) => {
      const text = await redis.hget(keys.batchAnswers(scanId), resource)
      return text === null ? undefined : StoredBatchAnswer.parse(JSON.parse(text))
    },
    listScans: () => redis.smembers(keys.batchScans),
    readScan: (scanId) => readScanState(redis, keys, scanId),
    listOpenBatches: async (scanId) => (await redis.hvals(keys.batches(scanId))).map(readBatch),
    saveBatch: (scanId, batch) => saveBatch(redis, keys, scanId, batch),
    storeAnswers: async (scanId, name, answers) => {
      const names = [keys.batchQuestions(scanId), keys.batchAnswers(scanId), keys.batches(scanId)]
      const pairs = [...answers].flatMap(([resource, answer]) => [resource, JSON.stringify(answer)])
      const collected = await scripts.collect.run(redis, names, [name, KEEP_SECONDS, ...pairs])
      return collected === 1
    },
    forgetScan: async (scanId) => {
      await redis
        .multi()
        .srem(keys.batchScans, scanId)
        .del(keys.batchQuestions(scanId), keys.batches(scanId), keys.batchAnswers(scanId))
        .exec()
    },
    lockScan: (scanId, owner, ttlMs) =>
      acquireLease(redis, { key: keys.batchLock(scanId), owner }, ttlMs),
    unlockScan: async (scanId, owner) => {
      await releaseLease(redis, { key: keys.batchLock(scanId), owner })
    },
  }
}

function readBatch(text: string): OpenBatch {
  return OpenBatch.parse(JSON.parse(text))
}

async function readScanState(
  redis: Redis,
  keys: RedisKeys,
  scanId: string,
): Promise<BatchScanState> {
  const [questions, batches, answered] = await Promise.all([
    redis.hgetall(keys.batchQuestions(scanId)),
    redis.hvals(keys.batches(scanId)),
    redis.hkeys(keys.batchAnswers(scanId)),
  ])
  return {
    waiting: Object.entries(questions).flatMap(([resource, text]) => {
      const { batch, ...question } = StoredQuestion.parse(JSON.parse(text))
      return batch === null ? [{ resource, ...question }] : []
    }),
    open: batches.map(readBatch),
    answered,
  }
}

async function saveBatch(
  redis: Redis,
  keys: RedisKeys,
  scanId: string,
  batch: OpenBatch,
): Promise<void> {
  const moved = batch.resources.flatMap((resource) => [
    resource,
    JSON.stringify({
      definition: '',
      sinceMs: batch.startedAtMs,
      estimatedTokens: 0,
      estimatedCostUsd: 0,
      batch: batch.name,
    } satisfies StoredQuestion),
  ])
  const replies = await redis
    .multi()
    .hset(keys.batches(scanId), batch.name, JSON.stringify(batch))
    .expire(keys.batches(scanId), KEEP_SECONDS)
    .hset(keys.batchQuestions(scanId), ...moved)
    .exec()
  for (const [error] of replies ?? []) if (error) throw error
}

function asQuestionClaim(reply: unknown): QuestionClaim {
  const holder = z.string().parse(reply)
  return holder === '' ? { outcome: 'claimed' } : { outcome: 'held', scanId: holder }
}
