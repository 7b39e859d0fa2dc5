import { Webhook as Verifier } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { until } from '@capstan/testkit/until'
import { planDeliveries } from '../../src/webhooks/plan-deliveries.ts'
import { disableWebhook, listWebhooks } from '../../src/webhooks/webhook-store.ts'
import { startRig, type ApiRig } from '../support/api-rig.ts'
import { readBoardQueue } from '../support/read-board.ts'
import {
  ALLOW_LOCAL,
  createHook,
  endScan,
  reached,
  readDeliveries,
  startReceiver,
  startSending,
  startWebhookRig,
  type ReceivedMessage,
} from './webhook-rig.ts'

/** Verifies the signature with the library of Standard Webhooks and returns the message. */
function verify(secret: string, message: ReceivedMessage | undefined): Record<string, unknown> {
  const headers = message?.headers as Record<string, string>
  return new Verifier(secret).verify(message?.body ?? '', headers) as Record<string, unknown>
}

/** Makes the next attempt of a delivery due. */
async function tryNow(rig: ApiRig, id: string): Promise<void> {
  await (await rig.deps.webhookQueue.getJob(id))?.promote()
}

test('the end of a scan is sent once to each webhook, signed as in Standard Webhooks', async () => {
  const rig = await startWebhookRig()
  // A second API process.
  startSending(rig)
  const receiver = await startReceiver()
  const hook = await createHook(rig, `${receiver.url}/in`)
  const other = await createHook(rig, receiver.url)
  const scan = await endScan(rig)
  const delivery = await reached(rig, hook.id, 'delivered')
  await reached(rig, other.id, 'delivered')
  expect(receiver.received).toHaveLength(2)
  expect(delivery).toMatchObject({ scan, attempts: 1, lastStatus: 204, problem: null })
  const mine = receiver.received.find(({ headers }) => headers['webhook-id'] === delivery.id)
  expect(verify(hook.secret, mine)).toMatchObject({
    type: 'scan.finished',
    timestamp: expect.any(String),
    data: { scan, status: 'succeeded', cluster: 'test', types: { total: 1, succeeded: 1 } },
  })
  expect(() => verify(other.secret, mine)).toThrow('No matching signature')
})

test('events, clusters and labels of a webhook select the ends that it gets', async () => {
  const rig = await startRig({ webhooks: ALLOW_LOCAL })
  const url = 'http://127.0.0.1:9/'
  const hooks = {
    all: {},
    failed: { events: ['scan.failed'] },
    both: { events: ['scan.finished', 'scan.failed'] },
    cluster: { clusters: ['prod'] },
    label: { labels: { team: 'a' } },
    otherLabel: { labels: { team: 'b' } },
    disabled: { enabled: false },
  }
  const ids = new Map<string, string>()
  for (const [name, more] of Object.entries(hooks)) {
    ids.set(name, (await createHook(rig, url, more)).id)
  }
  await endScan(rig, { cluster: 'prod' })
  await endScan(rig, { end: 'failed' })
  await planDeliveries(rig.deps)
  const events: Record<string, string[]> = {}
  for (const [name, id] of ids) {
    events[name] = (await readDeliveries(rig, id)).map(({ event }) => event).toSorted()
  }
  expect(events).toEqual({
    all: ['scan.finished', 'scan.finished'],
    failed: ['scan.failed'],
    both: ['scan.failed', 'scan.finished'],
    cluster: ['scan.finished'],
    label: ['scan.finished', 'scan.finished'],
    otherLabel: [],
    disabled: [],
  })
})

test('an end that is planned twice, as after a crash between plan and removal, is one delivery', async () => {
  const rig = await startRig({ webhooks: ALLOW_LOCAL })
  const { id } = await createHook(rig, 'http://127.0.0.1:9/')
  await endScan(rig)
  const { redis, keys } = rig.deps
  const [end] = await redis.xrange(keys.scanEnds, '-', '+')
  expect(await planDeliveries(rig.deps)).toBe(1)
  expect(await planDeliveries(rig.deps)).toBe(0)
  await redis.xadd(keys.scanEnds, '*', ...(end?.[1] ?? []))
  expect(await planDeliveries(rig.deps)).toBe(1)
  expect(await readDeliveries(rig, id)).toHaveLength(1)
  expect(await rig.deps.webhookQueue.getWaitingCount()).toBe(1)
})

test('a failed message is sent again with the same id and body, and Retry-After delays it', async () => {
  const rig = await startWebhookRig()
  const redirect = { status: 302, headers: { location: 'http://127.0.0.1:9/' } }
  const late = { status: 503, headers: { 'retry-after': '7200' }, body: 'a secret of the receiver' }
  const receiver = await startReceiver([late, redirect])
  const { id, secret } = await createHook(rig, receiver.url)
  await endScan(rig)
  const first = await reached(rig, id, 'retrying')
  expect(first).toMatchObject({
    attempts: 1,
    lastStatus: 503,
    problem: 'the receiver answered 503',
  })
  const waitMs = Date.parse(first.nextAttemptAt ?? '') - Date.parse(first.lastAttemptAt ?? '')
  expect(waitMs).toBe(7_200_000)
  await tryNow(rig, first.id)
  const second = await until('a second attempt', async () =>
    (await readDeliveries(rig, id)).find(
      ({ attempts, status }) => attempts === 2 && status === 'retrying',
    ),
  )
  expect(second).toMatchObject({ lastStatus: 302 })
  await tryNow(rig, first.id)
  await reached(rig, id, 'delivered')
  const { received } = receiver
  expect(received).toHaveLength(3)
  expect(new Set(received.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([first.id]))
  expect(new Set(received.map(({ body }) => body)).size).toBe(1)
  for (const message of received) verify(secret, message)
  const board = JSON.stringify(await readBoardQueue(rig, 'webhook', 'completed'))
  expect(board).toContain(first.id)
  expect(board).not.toContain('a secret of the receiver')
})

test('a message that failed for a day is dead, is listed, and is replayed under the same id', async () => {
  const rig = await startWebhookRig()
  const receiver = await startReceiver([{ status: 500 }, { status: 500 }])
  const { id } = await createHook(rig, receiver.url)
  await endScan(rig)
  const retried = await reached(rig, id, 'retrying')
  const path = `/api/v1/webhooks/${id}/deliveries/${retried.id}/replay`
  expect((await rig.ask(path, { method: 'POST' })).status).toBe(409)
  const job = await rig.deps.webhookQueue.getJob(retried.id)
  await job?.updateData({ ...job.data, startedMs: Date.now() - 86_400_000 })
  await tryNow(rig, retried.id)
  const dead = await reached(rig, id, 'dead')
  expect(dead).toMatchObject({ attempts: 2, problem: 'the receiver answered 500' })
  const counts = await readBoardQueue(rig, 'webhook', 'failed')
  expect(counts.jobs).toMatchObject([{ id: dead.id }])
  expect((await rig.ask(path, { method: 'POST' })).status).toBe(202)
  const delivered = await reached(rig, id, 'delivered')
  expect(delivered).toMatchObject({ id: dead.id, attempts: 1 })
  expect(receiver.received.at(-1)?.headers['webhook-id']).toBe(dead.id)
  expect(await readDeliveries(rig, id, '?status=dead')).toEqual([])
  const unknown = path.replace(dead.id, `msg_${'0'.repeat(32)}`)
  expect((await rig.ask(unknown, { method: 'POST' })).status).toBe(404)
})

test('a message of one webhook is neither shown nor replayed under another', async () => {
  const rig = await startWebhookRig()
  const receiver = await startReceiver([{ status: 410 }])
  const { id } = await createHook(rig, receiver.url)
  const other = await createHook(rig, receiver.url, { clusters: ['none'] })
  await endScan(rig)
  const dead = await reached(rig, id, 'dead')
  const path = `/api/v1/webhooks/${other.id}/deliveries/${dead.id}/replay`
  expect((await rig.ask(path, { method: 'POST' })).status).toBe(404)
  expect(await readDeliveries(rig, other.id)).toEqual([])
})

test('410 disables the webhook, and a request enables it again', async () => {
  const rig = await startWebhookRig()
  const receiver = await startReceiver([{ status: 410 }])
  const { id } = await createHook(rig, receiver.url)
  const path = `/api/v1/webhooks/${id}`
  await endScan(rig)
  expect(await reached(rig, id, 'dead')).toMatchObject({ lastStatus: 410, attempts: 1 })
  expect(await (await rig.ask(path)).json()).toMatchObject({
    enabled: false,
    disabledReason: 'the receiver answered 410',
  })
  await rig.ask(path, { method: 'PUT', json: { url: receiver.url } })
  expect(await (await rig.ask(path)).json()).toMatchObject({ enabled: true, disabledReason: null })
  await rig.ask(`${path}/test`, { method: 'POST' })
  expect(await reached(rig, id, 'delivered')).toMatchObject({ event: 'webhook.test', scan: null })
})

test('the response of a receiver is bounded', async () => {
  const rig = await startWebhookRig()
  const receiver = await startReceiver([{ status: 200, body: 'x'.repeat(8_000_000) }])
  const { id } = await createHook(rig, receiver.url)
  await rig.ask(`/api/v1/webhooks/${id}/test`, { method: 'POST' })
  expect(await reached(rig, id, 'delivered')).toMatchObject({ lastStatus: 200 })
})

test('messages of a deleted webhook end without a request', async () => {
  const rig = await startRig({ webhooks: ALLOW_LOCAL })
  const receiver = await startReceiver()
  const { id } = await createHook(rig, receiver.url)
  await endScan(rig)
  await planDeliveries(rig.deps)
  await rig.ask(`/api/v1/webhooks/${id}`, { method: 'DELETE' })
  startSending(rig)
  await until('the end of the job', async () =>
    (await rig.deps.webhookQueue.getFailedCount()) === 1 ? true : undefined,
  )
  expect(receiver.received).toEqual([])
})

test('410 of a webhook that was deleted or changed during the request neither restores nor disables it', async () => {
  const rig = await startRig({ webhooks: ALLOW_LOCAL })
  const deleted = await createHook(rig, 'http://127.0.0.1:9/')
  const changed = await createHook(rig, 'http://127.0.0.1:9/')
  await rig.ask(`/api/v1/webhooks/${deleted.id}`, { method: 'DELETE' })
  const json = { url: 'http://127.0.0.1:9/new' }
  await rig.ask(`/api/v1/webhooks/${changed.id}`, { method: 'PUT', json })
  for (const hook of [deleted, changed]) await disableWebhook(rig.deps, hook, 'gone')
  expect(await listWebhooks(rig.deps)).toMatchObject([{ ...json, id: changed.id, enabled: true }])
})
