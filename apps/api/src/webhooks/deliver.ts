import { UnrecoverableError, type Job } from 'bullmq'
import type { WebhookJob, WebhookJobResult } from '@capstan/scan-store/queue/webhook-queue'
import type { Webhook } from '@capstan/shared/contract/webhook'
import { ForbiddenTargetError, type TargetClient } from '@capstan/shared/http/open-target-client'
import { scrub } from '@capstan/shared/text/scrub'
import { computeRetryDelay } from './retry-delay.ts'
import { deriveWebhookSecret } from './webhook-secret.ts'
import { disableWebhook, readWebhook, type WebhookDeps } from './webhook-store.ts'

export type DeliveryOutcome = 'delivered' | 'retried' | 'dead'

export type DeliverDeps = WebhookDeps & {
  openClient: () => Promise<TargetClient>
  onOutcome: (outcome: DeliveryOutcome) => void
}

/** A failed attempt. The backoff strategy of the queue reads the wait. */
export class DeliveryRetryError extends Error {
  override readonly name = 'DeliveryRetryError'
  readonly delayMs: number

  constructor(message: string, delayMs: number) {
    super(message)
    this.delayMs = delayMs
  }
}

type DeliveryJob = Job<WebhookJob, WebhookJobResult>

/** Bounds the connection, the response and its body together. */
const TIMEOUT_MS = 15_000

/**
 * Sends a message once. Throws DeliveryRetryError when it is tried again, and UnrecoverableError when it is dead. `stopping`
 * ends the request; its message is tried again.
 */
export async function deliver(
  deps: DeliverDeps,
  job: DeliveryJob,
  stopping: AbortSignal,
): Promise<WebhookJobResult> {
  const webhook = await readWebhook(deps, job.data.webhook)
  if (!webhook) throw endDead(deps, 'the webhook was deleted')
  if (!webhook.enabled) throw endDead(deps, 'the webhook is disabled')
  const attempt = await send(deps, webhook, { job, stopping })
  if (attempt.status !== null && attempt.status >= 200 && attempt.status < 300) {
    deps.onOutcome('delivered')
    return { status: attempt.status }
  }
  if (attempt.status === 410) await disableWebhook(deps, webhook, 'the receiver answered 410')
  throw await endFailed(deps, job, attempt)
}

interface Attempt {
  /** HTTP status. Null without a response. */
  status: number | null
  retryAfter?: string | undefined
  problem: string
}

async function send(
  { openClient, webhookSettings }: DeliverDeps,
  { id, url }: Webhook,
  { job, stopping }: { job: DeliveryJob; stopping: AbortSignal },
): Promise<Attempt> {
  const { secret } = webhookSettings
  if (secret === undefined) return { status: null, problem: 'CAPSTAN_WEBHOOK_SECRET is not set' }
  const body = JSON.stringify(job.data.message)
  const headers = await sign(deriveWebhookSecret(secret, id), String(job.id), body)
  const signal = AbortSignal.any([stopping, AbortSignal.timeout(TIMEOUT_MS)])
  try {
    const client = await openClient()
    const { status, retryAfter } = await client.post(url, { headers, body, signal })
    return { status, retryAfter, problem: `the receiver answered ${status}` }
  } catch (error) {
    return { status: null, problem: describeError(error, stopping) }
  }
}

async function sign(secret: string, id: string, body: string): Promise<Record<string, string>> {
  const { Webhook: Signer } = await import('standardwebhooks')
  const now = new Date()
  return {
    'content-type': 'application/json',
    'user-agent': 'capstan-webhooks',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
    'webhook-signature': new Signer(secret).sign(id, now, body),
  }
}

/** Stores the attempt with the job and returns the error that ends it. */
async function endFailed(
  deps: DeliverDeps,
  job: DeliveryJob,
  { status, retryAfter, problem }: Attempt,
): Promise<Error> {
  const nowMs = Date.now()
  const failed = { earlier: job.attemptsMade, startedMs: job.data.startedMs, retryAfter }
  const delayMs = status === 410 ? undefined : computeRetryDelay(failed, nowMs)
  const nextMs = delayMs === undefined ? null : nowMs + delayMs
  await job.updateData({ ...job.data, last: { atMs: nowMs, status, nextMs } })
  if (delayMs === undefined) return endDead(deps, problem)
  deps.onOutcome('retried')
  return new DeliveryRetryError(problem, delayMs)
}

function endDead({ onOutcome }: DeliverDeps, problem: string): UnrecoverableError {
  onOutcome('dead')
  return new UnrecoverableError(problem)
}

const MAX_PROBLEM = 200

/** Describes a request without a response. Text of the receiver is never part of it. */
function describeError(error: unknown, stopping: AbortSignal): string {
  if (stopping.aborted) return 'the API process stopped'
  if (error instanceof ForbiddenTargetError) return error.message
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return `the receiver did not answer within ${TIMEOUT_MS / 1_000} s`
  }
  if (!(error instanceof Error)) return 'the request failed'
  const code = 'code' in error && typeof error.code === 'string' ? `${error.code}: ` : ''
  return scrub(`${code}${error.message}`, [], MAX_PROBLEM)
}
