import type { Redis } from 'ioredis'
import { z } from 'zod'
import { ItemReason } from '@capstan/shared/contract/problem'
import { Usage } from '@capstan/shared/contract/usage'
import type { RedisKeys } from '@capstan/redis/keys'
import { releaseLease, takeLease } from '@capstan/redis/lease'
import { defineLuaScript } from '@capstan/redis/lua-script'

/** As long as a provider keeps the results of a batch. */
const KEEP_SECONDS = 29 * 86_400

/** Both vendors end a batch after a day; its answers are taken over a little later. */
const CLAIM_MS = 25 * 3_600_000

const scripts = {
  claim: defineLuaScript(new URL('./claim.lua', import.meta.url)),
  wait: defineLuaScript(new URL('./wait.lua', import.meta.url)),
  leave: defineLuaScript(new URL('./leave.lua', import.meta.url)),
  collect: defineLuaScript(new URL('./collect.lua', import.meta.url)),
}

/** What a provider made of one question, until its type has taken it over. */
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

/** A batch from the moment before it is handed over to the moment its answers are stored. */
const OpenBatch = z.object({
  name: z.string(),
  account: z.string(),
  /** In the order of its questions. */
  resources: z.array(z.string()),
  /** Refs of their definitions, in the same order. */
  definitions: z.array(z.string()),
  /** Null until the provider has said it: then nobody knows yet whether the batch arrived. */
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

/** Where the questions of scans by batch are. The only state of that mode; any worker can go on from it. */
export interface BatchStore {
  /**
   * The right to ask a question by batch, for a day or until `giveUp`: of all types of all scans that ask the same one
   * gets it. False: another has it, whose answer will be in the result cache.
   */
  claimQuestion(contentKey: string, scanId: string, resource: string): Promise<boolean>
  releaseQuestion(contentKey: string, scanId: string, resource: string): Promise<void>
  /** No effect when the question is in a batch or its answer is there. */
  addQuestion(scanId: string, question: Omit<WaitingQuestion, 'sinceMs'>): Promise<void>
  /** The question need not be asked any more. No effect once it is in a batch. */
  removeQuestion(scanId: string, resource: string): Promise<void>
  /** Stays until the journal records it. */
  readAnswer(scanId: string, resource: string): Promise<StoredBatchAnswer | undefined>
  listScans(): Promise<string[]>
  readScan(scanId: string): Promise<BatchScanState>
  listOpenBatches(scanId: string): Promise<OpenBatch[]>
  /** Before a batch is handed over: its questions wait no longer. Again with the id afterwards. */
  saveBatch(scanId: string, batch: OpenBatch): Promise<void>
  /** Counts once; false when another has collected the batch. */
  storeAnswers(
    scanId: string,
    name: string,
    answers: Map<string, StoredBatchAnswer>,
  ): Promise<boolean>
  forgetScan(scanId: string): Promise<void>
  /** Lets one process at a time look after a scan; the same owner makes it last longer. */
  lockScan(scanId: string, owner: string, ttlMs: number): Promise<boolean>
  unlockScan(scanId: string, owner: string): Promise<void>
}

/** The book over one Redis connection, which stays the caller's. */
export function openBatchStore(redis: Redis, keys: RedisKeys): BatchStore {
  return {
    claimQuestion: async (contentKey, scanId, resource) => {
      const names = [keys.batchQuestion(contentKey), keys.batchScans]
      const owner = `${scanId} ${resource}`
      return (await scripts.claim.run(redis, names, [owner, CLAIM_MS])) === 1
    },
    releaseQuestion: async (contentKey, scanId, resource) => {
      const owner = `${scanId} ${resource}`
      await releaseLease(redis, { key: keys.batchQuestion(contentKey), owner })
    },
    addQuestion: async (scanId, { resource, ...question }) => {
      const place: StoredQuestion = { ...question, sinceMs: Date.now(), batch: null }
      const names = [keys.batchQuestions(scanId), keys.batchAnswers(scanId), keys.batchScans]
      const args = [resource, JSON.stringify(place), scanId, KEEP_SECONDS]
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
    readScan: (scanId) => lookAt(redis, keys, scanId),
    listOpenBatches: async (scanId) => (await redis.hvals(keys.batches(scanId))).map(readBatch),
    saveBatch: (scanId, batch) => keepBatch(redis, keys, scanId, batch),
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
      takeLease(redis, { key: keys.batchLock(scanId), owner }, ttlMs),
    unlockScan: async (scanId, owner) => {
      await releaseLease(redis, { key: keys.batchLock(scanId), owner })
    },
  }
}

function readBatch(text: string): OpenBatch {
  return OpenBatch.parse(JSON.parse(text))
}

async function lookAt(redis: Redis, keys: RedisKeys, scanId: string): Promise<BatchScanState> {
  const [places, batches, answered] = await Promise.all([
    redis.hgetall(keys.batchQuestions(scanId)),
    redis.hvals(keys.batches(scanId)),
    redis.hkeys(keys.batchAnswers(scanId)),
  ])
  return {
    waiting: Object.entries(places).flatMap(([resource, text]) => {
      const { batch, ...place } = StoredQuestion.parse(JSON.parse(text))
      return batch === null ? [{ resource, ...place }] : []
    }),
    open: batches.map(readBatch),
    answered,
  }
}

async function keepBatch(
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
