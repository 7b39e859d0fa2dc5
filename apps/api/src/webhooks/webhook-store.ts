import { randomBytes } from 'node:crypto'
import { Webhook, type CreatedWebhook, type WebhookRequest } from '@capstan/shared/contract/webhook'
import { AppError } from '@capstan/shared/errors'
import type { ApiDeps } from '../deps.ts'
import { checkWebhookUrl } from './check-webhook-url.ts'
import { deriveWebhookSecret } from './webhook-secret.ts'

export type WebhookDeps = Pick<ApiDeps, 'redis' | 'keys' | 'webhookSettings' | 'webhookQueue'>
type StoreDeps = Pick<ApiDeps, 'redis' | 'keys'>

/** Each end of a scan reads all webhooks. */
const MAX_WEBHOOKS = 50

/** Lists all webhooks, oldest first. */
export async function listWebhooks({ redis, keys }: StoreDeps): Promise<Webhook[]> {
  const stored = Object.values(await redis.hgetall(keys.webhooks))
  const webhooks = stored.map(parseWebhook).filter((webhook) => webhook !== undefined)
  return webhooks.toSorted((a, b) => a.createdAt.localeCompare(b.createdAt))
}

export async function readWebhook(
  { redis, keys }: StoreDeps,
  id: string,
): Promise<Webhook | undefined> {
  const text = await redis.hget(keys.webhooks, id)
  return text === null ? undefined : parseWebhook(text)
}

/** Throws AppError VALIDATION for an unusable URL, WRONG_STATE without a secret or with too many webhooks. */
export async function createWebhook(
  deps: WebhookDeps,
  request: WebhookRequest,
  by: string,
): Promise<CreatedWebhook> {
  const { redis, keys, webhookSettings } = deps
  const { secret } = webhookSettings
  if (secret === undefined) throw createNoSecretError()
  const url = checkWebhookUrl(request.url, webhookSettings.isAllowed)
  if ((await redis.hlen(keys.webhooks)) >= MAX_WEBHOOKS) throw createTooManyError()
  const id = `hook_${randomBytes(12).toString('hex')}`
  const now = new Date().toISOString()
  const webhook: Webhook = {
    ...request,
    url,
    id,
    createdBy: by,
    createdAt: now,
    updatedAt: now,
    disabledReason: null,
  }
  await redis.hset(keys.webhooks, id, JSON.stringify(webhook))
  return { ...webhook, secret: deriveWebhookSecret(secret, id) }
}

/** Replaces the settings of a webhook. Returns undefined for an unknown id. Throws as checkWebhookUrl. */
export async function replaceWebhook(
  deps: WebhookDeps,
  id: string,
  request: WebhookRequest,
): Promise<Webhook | undefined> {
  const url = checkWebhookUrl(request.url, deps.webhookSettings.isAllowed)
  const stored = await readWebhook(deps, id)
  if (!stored) return undefined
  const disabledReason = request.enabled ? null : stored.disabledReason
  const updatedAt = new Date().toISOString()
  const webhook: Webhook = { ...stored, ...request, url, disabledReason, updatedAt }
  await deps.redis.hset(deps.keys.webhooks, id, JSON.stringify(webhook))
  return webhook
}

/** Disables a webhook whose receiver is gone, unless it was deleted or got another URL during the request. */
export async function disableWebhook(
  deps: StoreDeps,
  { id, url }: Webhook,
  disabledReason: string,
): Promise<void> {
  const stored = await readWebhook(deps, id)
  if (stored?.url !== url) return
  const updatedAt = new Date().toISOString()
  const disabled: Webhook = { ...stored, enabled: false, disabledReason, updatedAt }
  await deps.redis.hset(deps.keys.webhooks, id, JSON.stringify(disabled))
}

/** Returns false for an unknown id. Unsent messages of the webhook fail. */
export async function deleteWebhook({ redis, keys }: StoreDeps, id: string): Promise<boolean> {
  const removed = await redis.hdel(keys.webhooks, id)
  await redis.del(keys.webhookDeliveries(id))
  return removed === 1
}

function parseWebhook(text: string): Webhook | undefined {
  try {
    return Webhook.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

function createNoSecretError(): AppError {
  return new AppError('WRONG_STATE', 'Webhooks need the setting CAPSTAN_WEBHOOK_SECRET', {
    hint: 'Set it on every API process to the output of `openssl rand -hex 32`.',
  })
}

function createTooManyError(): AppError {
  return new AppError('WRONG_STATE', `There are ${MAX_WEBHOOKS} webhooks, the maximum`, {
    hint: 'Delete one with DELETE /api/v1/webhooks/{id}.',
  })
}
