import { z } from 'zod'
import {
  CreatedWebhook,
  Delivery,
  DeliveryId,
  DeliveryList,
  WebhookId,
  WebhookList,
  type Webhook,
} from '@capstan/shared/contract/webhook'
import { CliError } from '../../cli-error.ts'
import { printNote, type CliSession } from '../../cli-session.ts'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import type { Column } from '../../output/format-table.ts'
import { printList } from '../../output/print-list.ts'
import { printOne } from '../../output/print-one.ts'

export interface WebhookOptions {
  event?: string[]
  cluster?: string
  label?: Record<string, string>
}

const webhookColumns: Column<Webhook>[] = [
  { title: 'WEBHOOK', value: ({ id }) => id },
  { title: 'URL', value: ({ url }) => url },
  { title: 'EVENTS', value: ({ events }) => events.join(',') },
  { title: 'STATE', value: ({ enabled }) => (enabled ? 'enabled' : 'disabled') },
  { title: 'REASON', value: ({ disabledReason }) => disabledReason ?? '', wide: true },
  { title: 'CLUSTERS', value: ({ clusters }) => clusters.join(','), wide: true },
  { title: 'BY', value: ({ createdBy }) => createdBy, wide: true },
]

const deliveryColumns: Column<Delivery>[] = [
  { title: 'DELIVERY', value: ({ id }) => id },
  { title: 'EVENT', value: ({ event }) => event },
  { title: 'STATUS', value: ({ status }) => status },
  { title: 'ATTEMPTS', value: ({ attempts }) => String(attempts), align: 'right' },
  { title: 'NEXT', value: ({ nextAttemptAt }) => nextAttemptAt ?? '' },
  { title: 'PROBLEM', value: ({ problem }) => problem ?? '' },
  { title: 'SCAN', value: ({ scan }) => scan ?? '', wide: true },
  { title: 'CREATED', value: ({ createdAt }) => createdAt, wide: true },
]

export async function showWebhooks(session: CliSession): Promise<ExitCode> {
  const signal = session.io.interrupted
  const { data } = await session.api.get('/webhooks', WebhookList, { signal })
  await printList(session, [data], {
    columns: webhookColumns,
    name: ({ id }) => id,
    empty: `There is no webhook. Create one: ${session.program} webhooks create https://hooks.example.com/`,
  })
  return EXIT.ok
}

/** Prints the secret of the new webhook, which the server never shows again. */
export async function addWebhook(
  session: CliSession,
  url: string,
  { event: events, cluster, label: labels }: WebhookOptions,
): Promise<ExitCode> {
  const signal = session.io.interrupted
  const clusters = cluster === undefined ? undefined : [cluster]
  const body = { url, events, clusters, labels }
  const { value } = await session.api.post('/webhooks', CreatedWebhook, { body, signal })
  printNote(session, `Created ${value.id}. Its secret is shown only now.`)
  printOne(session, value, { name: value.id, forPeople: () => `${value.secret}\n` })
  return EXIT.ok
}

export async function removeWebhook(session: CliSession, id: string): Promise<ExitCode> {
  const signal = session.io.interrupted
  await session.api.remove(buildWebhookPath(session, id), z.undefined(), { signal })
  printNote(session, `Removed ${id}. Its unsent messages are dropped.`)
  return EXIT.ok
}

const TestReply = z.object({ delivery: DeliveryId })

export async function sendTestMessage(session: CliSession, id: string): Promise<ExitCode> {
  const signal = session.io.interrupted
  const path = `${buildWebhookPath(session, id)}/test`
  const { value } = await session.api.post(path, TestReply, { signal })
  printNote(session, `Its outcome: ${session.program} webhooks deliveries ${id}`)
  printOne(session, value, { name: value.delivery, forPeople: () => `${value.delivery}\n` })
  return EXIT.ok
}

export async function showDeliveries(
  session: CliSession,
  id: string,
  query: { status?: string; limit?: number },
): Promise<ExitCode> {
  const signal = session.io.interrupted
  const path = `${buildWebhookPath(session, id)}/deliveries`
  const { data } = await session.api.get(path, DeliveryList, { query: { ...query }, signal })
  await printList(session, [data], {
    columns: deliveryColumns,
    name: (delivery) => delivery.id,
    empty: 'There is no such delivery.',
  })
  return EXIT.ok
}

/** Sends a dead message again. */
export async function replayMessage(
  session: CliSession,
  id: string,
  delivery: string,
): Promise<ExitCode> {
  const signal = session.io.interrupted
  if (!DeliveryId.safeParse(delivery).success) throw createIdError(session, 'delivery', delivery)
  const path = `${buildWebhookPath(session, id)}/deliveries/${delivery}/replay`
  const { value } = await session.api.post(path, Delivery, { signal })
  printNote(session, `${delivery} is sent again.`)
  if (session.format !== undefined)
    printOne(session, value, { name: value.id, forPeople: () => '' })
  return EXIT.ok
}

/** Validated here: any other text would change the request path. */
function buildWebhookPath(session: CliSession, id: string): string {
  if (WebhookId.safeParse(id).success) return `/webhooks/${id}`
  throw createIdError(session, 'webhook', id)
}

function createIdError({ program }: CliSession, what: string, id: string): CliError {
  return new CliError(`"${id}" is not the id of a ${what}`, {
    exitCode: EXIT.usage,
    why: 'Ids begin with hook_ (webhooks) or msg_ (deliveries).',
    fix: `List the webhooks: ${program} webhooks`,
  })
}
