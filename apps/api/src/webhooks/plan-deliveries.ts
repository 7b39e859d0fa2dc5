import { createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { WEBHOOK_EVENTS, type Webhook, type WebhookEvent } from '@capstan/shared/contract/webhook'
import type { WebhookJob } from '@capstan/scan-store/queue/webhook-queue'
import type { ApiDeps } from '../deps.ts'
import { listWebhooks, type WebhookDeps } from './webhook-store.ts'

export type EndedScanDeps = WebhookDeps & Pick<ApiDeps, 'journal'>

/** The newest messages of a webhook that are listed. */
export const MAX_DELIVERIES = 500
const PAGE = 100

const End = z.object({ scan: z.string(), seq: z.coerce.number(), status: z.string() })
type End = z.infer<typeof End> & { atMs: number }

/**
 * Adds a job for each webhook that an ended scan concerns, then removes the entry of the end. A process that dies in between
 * leaves the entry, and the next run adds the same job ids, which BullMQ ignores. Returns the number of processed ends.
 */
export async function planDeliveries(deps: EndedScanDeps): Promise<number> {
  const { redis, keys, journal } = deps
  const entries = await redis.xrange(keys.scanEnds, '-', '+', 'COUNT', PAGE)
  if (entries.length === 0) return 0
  const webhooks = (await listWebhooks(deps)).filter(({ enabled }) => enabled)
  for (const [id, fields] of entries) {
    const end = parseEnd(id, fields)
    // A scan that was deleted since has no data for a message.
    const scan = end && webhooks.length > 0 ? await journal.scan(end.scan) : undefined
    if (end && scan) await addDeliveries(deps, webhooks, { end, scan })
    await redis.xdel(keys.scanEnds, id)
  }
  return entries.length
}

/** Adds a job with a message that is sent to test the webhook. Returns its id. */
export async function addTestDelivery(deps: WebhookDeps, webhook: Webhook): Promise<string> {
  const id = `msg_${randomBytes(16).toString('hex')}`
  const timestamp = new Date().toISOString()
  const message = { type: 'webhook.test', timestamp, data: { webhook: webhook.id } }
  await addDelivery(deps, id, createJob(webhook, null, message))
  return id
}

async function addDeliveries(
  deps: WebhookDeps,
  webhooks: Webhook[],
  { end, scan }: { end: End; scan: Scan },
): Promise<void> {
  for (const webhook of webhooks) {
    const type = chooseEvent(webhook, end.status)
    if (type === undefined || !concernsScan(webhook, scan)) continue
    const timestamp = new Date(end.atMs).toISOString()
    const message = { type, timestamp, data: describeEnd(scan, end) }
    const id = computeDeliveryId(webhook.id, end)
    await addDelivery(deps, id, createJob(webhook, scan.id, message))
  }
}

async function addDelivery(
  { redis, keys, webhookQueue }: WebhookDeps,
  id: string,
  job: WebhookJob,
): Promise<void> {
  // Listed first: an id without a job is skipped by the list, a job without an id would be missing there.
  const list = keys.webhookDeliveries(job.webhook)
  await redis
    .pipeline()
    .zadd(list, 'NX', Date.now(), id)
    .zremrangebyrank(list, 0, -MAX_DELIVERIES - 1)
    .exec()
  await webhookQueue.add(job.message.type, job, { jobId: id })
}

function createJob(
  { id: webhook }: Webhook,
  scan: string | null,
  message: WebhookJob['message'],
): WebhookJob {
  return { v: 1, webhook, scan, message, startedMs: Date.now() }
}

/** One message for each end: the event of its status before `scan.finished`. */
function chooseEvent({ events }: Webhook, status: string): WebhookEvent | undefined {
  const ofStatus = WEBHOOK_EVENTS.find((event) => event === `scan.${status}`)
  if (ofStatus && events.includes(ofStatus)) return ofStatus
  return events.find((event) => event === 'scan.finished')
}

function concernsScan({ clusters, labels }: Webhook, scan: Scan): boolean {
  if (clusters.length > 0 && !clusters.includes(scan.cluster)) return false
  return Object.entries(labels).every(([name, value]) => scan.labels[name] === value)
}

/** A retry of the scan may have begun, so the status is that of the end. */
function describeEnd(scan: Scan, { status, atMs }: End): Record<string, unknown> {
  const { id, cluster, labels, runAttempt, provider, model, createdAt, progress, usage } = scan
  const { total, succeeded, failed, skipped, canceled } = progress
  return {
    scan: id,
    status,
    cluster,
    labels,
    runAttempt,
    provider,
    model,
    createdAt,
    finishedAt: new Date(atMs).toISOString(),
    types: { total, succeeded, failed, skipped, canceled },
    costUsd: usage.costUsd,
  }
}

/** The same end gives the same id in every process. */
function computeDeliveryId(webhookId: string, { scan, seq }: End): string {
  const hash = createHash('sha256').update(`${webhookId} ${scan} ${seq}`).digest('hex')
  return `msg_${hash.slice(0, 32)}`
}

function parseEnd(id: string, fields: string[]): End | undefined {
  const pairs = Array.from({ length: fields.length / 2 }, (_, n) => fields.slice(2 * n, 2 * n + 2))
  const { data } = End.safeParse(Object.fromEntries(pairs))
  return data && { ...data, atMs: Number(id.split('-')[0]) }
}
