import { z } from 'zod'

/** Events that a webhook can have. `scan.finished` is every end of a scan; the others are the ends with this status. */
export const WEBHOOK_EVENTS = [
  'scan.finished',
  'scan.succeeded',
  'scan.partial',
  'scan.failed',
  'scan.canceled',
] as const

const WebhookEvent = z.enum(WEBHOOK_EVENTS)
export type WebhookEvent = z.infer<typeof WebhookEvent>

export const WebhookId = z.string().regex(/^hook_[0-9a-f]{24}$/, 'must be the id of a webhook')
export const DeliveryId = z.string().regex(/^msg_[0-9a-f]{32}$/, 'must be the id of a delivery')

/** Body of POST /webhooks and PUT /webhooks/{id}. */
export const WebhookRequest = z.strictObject({
  url: z
    .string()
    .trim()
    .max(2_048)
    .describe(
      'https:// URL without credentials, query and fragment, which often hold secrets. http:// only for hosts in CAPSTAN_WEBHOOK_ALLOW.',
    ),
  events: z.array(WebhookEvent).min(1).max(WEBHOOK_EVENTS.length).default(['scan.finished']),
  clusters: z
    .array(z.string().min(1).max(253))
    .max(50)
    .default([])
    .describe('Only scans of these clusters. Empty: all.'),
  labels: z
    .record(z.string().min(1).max(63), z.string().max(128))
    .default({})
    .refine((labels) => Object.keys(labels).length <= 20, 'must have at most 20 labels')
    .describe('Only scans with all these labels.'),
  enabled: z.boolean().default(true),
})
export type WebhookRequest = z.infer<typeof WebhookRequest>

export const Webhook = WebhookRequest.extend({
  id: WebhookId,
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  disabledReason: z
    .string()
    .nullable()
    .describe('Why the server disabled it: the receiver answered 410. Null otherwise.'),
})
export type Webhook = z.infer<typeof Webhook>

/** Answer of POST /webhooks. No other request returns the secret. */
export const CreatedWebhook = Webhook.extend({
  secret: z.string().describe('Signing secret of Standard Webhooks (`whsec_…`). Shown once.'),
})
export type CreatedWebhook = z.infer<typeof CreatedWebhook>

export const WebhookList = z.object({ data: z.array(Webhook) })

export const DeliveryStatus = z.enum(['pending', 'delivering', 'retrying', 'delivered', 'dead'])
export type DeliveryStatus = z.infer<typeof DeliveryStatus>

/** One message to one webhook. */
export const Delivery = z.object({
  id: DeliveryId.describe('The header `webhook-id` of every attempt.'),
  event: z.string(),
  scan: z.string().nullable().describe('Null for a test.'),
  status: DeliveryStatus,
  attempts: z.int().nonnegative(),
  createdAt: z.iso.datetime(),
  lastAttemptAt: z.iso.datetime().nullable(),
  nextAttemptAt: z.iso.datetime().nullable(),
  lastStatus: z.int().nullable().describe('HTTP status of the last response. Null without one.'),
  problem: z.string().nullable().describe('Why the last attempt failed.'),
})
export type Delivery = z.infer<typeof Delivery>

export const DeliveryList = z.object({ data: z.array(Delivery) })
