import { hkdfSync } from 'node:crypto'

/** Derives the signing secret of a webhook. The same setting and id give the same secret, so none is stored. */
export function deriveWebhookSecret(setting: string, webhookId: string): string {
  const key = hkdfSync('sha256', setting, '', `capstan webhook ${webhookId}`, 32)
  return `whsec_${Buffer.from(key).toString('base64')}`
}
