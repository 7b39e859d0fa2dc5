import { Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import type { RedisKeys } from '@capstan/redis/keys'

export const WEBHOOK_QUEUE = 'webhook'
/** Never reached: a delivery ends by its age. */
const MAX_ATTEMPTS = 1_000

export interface WebhookJob {
  v: 1
  webhook: string
  /** Null for a test. */
  scan: string | null
  /** The body of the message. It never changes, because receivers may compare repeated messages. */
  message: { type: string; timestamp: string; data: Record<string, unknown> }
  /** Start of the time in which the delivery is retried, in ms. Set again by a replay. */
  startedMs: number
  /** The last failed attempt. */
  last?: { atMs: number; status: number | null; nextMs: number | null }
}

/** Result of a delivered message. */
export interface WebhookJobResult {
  status: number
}
export type WebhookQueue = Queue<WebhookJob, WebhookJobResult>

/** Opens the queue of messages to webhooks, one job each. The caller owns the connection. */
export function openWebhookQueue(connection: Redis, keys: RedisKeys): WebhookQueue {
  const queue: WebhookQueue = new Queue(WEBHOOK_QUEUE, {
    connection,
    prefix: keys.bullPrefix,
    skipWaitingForReady: true,
    defaultJobOptions: {
      attempts: MAX_ATTEMPTS,
      // Any name calls the strategy of the worker.
      backoff: { type: 'delivery' },
      removeOnComplete: { age: 7 * 86_400, count: 5_000 },
      removeOnFail: { age: 30 * 86_400, count: 5_000 },
      stackTraceLimit: 0,
    },
  })
  // The owner of the connection handles its errors. Without a listener BullMQ would write them to stderr.
  queue.on('error', () => undefined)
  return queue
}
