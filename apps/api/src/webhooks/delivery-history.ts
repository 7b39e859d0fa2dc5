import type { Job } from 'bullmq'
import type { Delivery, DeliveryStatus } from '@capstan/shared/contract/webhook'
import { AppError } from '@capstan/shared/errors'
import type { WebhookJob, WebhookJobResult } from '@capstan/scan-store/queue/webhook-queue'
import { MAX_DELIVERIES } from './plan-deliveries.ts'
import type { WebhookDeps } from './webhook-store.ts'

export interface DeliveryFilter {
  status?: DeliveryStatus | undefined
  limit: number
}

const CHUNK = 50

/** Lists the messages of a webhook, newest first. */
export async function listDeliveries(
  deps: WebhookDeps,
  webhookId: string,
  { status, limit }: DeliveryFilter,
): Promise<Delivery[]> {
  const list = deps.keys.webhookDeliveries(webhookId)
  const ids = await deps.redis.zrevrange(list, 0, MAX_DELIVERIES - 1)
  const found: Delivery[] = []
  for (let at = 0; at < ids.length && found.length < limit; at += CHUNK) {
    const read = await Promise.all(
      ids.slice(at, at + CHUNK).map((id) => readDelivery(deps, webhookId, id)),
    )
    for (const delivery of read) {
      if (delivery && (status === undefined || delivery.status === status)) found.push(delivery)
    }
  }
  return found.slice(0, limit)
}

/** Returns undefined for an unknown message, also for one of another webhook. */
export async function readDelivery(
  { webhookQueue }: WebhookDeps,
  webhookId: string,
  id: string,
): Promise<Delivery | undefined> {
  // Read first: a job that was read before its end would lack the problem of its last attempt.
  const state = await webhookQueue.getJobState(id)
  const job = await webhookQueue.getJob(id)
  if (job?.data.webhook !== webhookId) return undefined
  const status = STATUS[state]
  return status && describeDelivery(job, id, status)
}

/**
 * Sends a dead message again, with the same id and a new day of retries. Returns false for an unknown message. Throws AppError
 * WRONG_STATE for one that is not dead.
 */
export async function replayDelivery(
  deps: WebhookDeps,
  webhookId: string,
  id: string,
): Promise<boolean> {
  const job = await deps.webhookQueue.getJob(id)
  if (job?.data.webhook !== webhookId) return false
  if (!(await job.isFailed())) throw createNotDeadError()
  await job.updateData({ ...job.data, startedMs: Date.now() })
  try {
    await job.retry('failed', { resetAttemptsMade: true })
  } catch (error) {
    // Another request has replayed it.
    if (!(await job.isFailed())) throw createNotDeadError()
    throw error
  }
  return true
}

const STATUS: Partial<Record<string, DeliveryStatus>> = {
  waiting: 'pending',
  prioritized: 'pending',
  active: 'delivering',
  delayed: 'retrying',
  completed: 'delivered',
  failed: 'dead',
}

function describeDelivery(
  job: Job<WebhookJob, WebhookJobResult>,
  id: string,
  status: DeliveryStatus,
): Delivery {
  const { scan, message } = job.data
  return {
    id,
    event: message.type,
    scan,
    status,
    attempts: job.attemptsMade,
    createdAt: formatTime(job.timestamp) ?? message.timestamp,
    ...(status === 'delivered' ? describeDelivered(job) : describeUndelivered(job, status)),
  }
}

type LastAttempt = Pick<Delivery, 'lastAttemptAt' | 'nextAttemptAt' | 'lastStatus' | 'problem'>

function describeDelivered(job: Job<WebhookJob, WebhookJobResult>): LastAttempt {
  return {
    lastAttemptAt: formatTime(job.processedOn),
    nextAttemptAt: null,
    lastStatus: job.returnvalue?.status ?? null,
    problem: null,
  }
}

function describeUndelivered(job: Job<WebhookJob>, status: DeliveryStatus): LastAttempt {
  const { last } = job.data
  return {
    lastAttemptAt: formatTime(last?.atMs),
    nextAttemptAt: status === 'retrying' ? formatTime(last?.nextMs) : null,
    lastStatus: last?.status ?? null,
    problem: job.failedReason || null,
  }
}

function formatTime(ms: number | null | undefined): string | null {
  return ms === null || ms === undefined ? null : new Date(ms).toISOString()
}

function createNotDeadError(): AppError {
  return new AppError('WRONG_STATE', 'Only a dead delivery can be replayed', {
    hint: 'GET /api/v1/webhooks/{id}/deliveries?status=dead lists them.',
  })
}
