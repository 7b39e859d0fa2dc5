import { createServer } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { expect } from 'vitest'
import { connectRedis } from '@capstan/redis/connect'
import { CreatedWebhook, DeliveryList, type Delivery } from '@capstan/shared/contract/webhook'
import { listenForTest } from '@capstan/testkit/listen-for-test'
import { onTestFinished } from '@capstan/testkit/on-test-finished'
import { until } from '@capstan/testkit/until'
import { startWebhooks } from '../../src/webhooks/start-webhooks.ts'
import { startRig, type ApiRig, type RigOptions } from '../support/api-rig.ts'
import { scanMaker } from '../support/scan-maker.ts'

export const SECRET = 'webhook-secret-of-tests-0123456789'
export const ALLOW_LOCAL = { CAPSTAN_WEBHOOK_SECRET: SECRET, CAPSTAN_WEBHOOK_ALLOW: '127.0.0.1' }

export interface ReceivedMessage {
  headers: IncomingHttpHeaders
  body: string
}

/** The answer to one message. Default: 204. */
export interface ReceiverAnswer {
  status: number
  headers?: Record<string, string>
  body?: string
}

export interface Receiver {
  url: string
  received: ReceivedMessage[]
  /** Answers of the next messages, in order. */
  answers: ReceiverAnswer[]
}

/** A server that stores the messages that it gets. */
export async function startReceiver(answers: ReceiverAnswer[] = []): Promise<Receiver> {
  const received: ReceivedMessage[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (part: string) => (body += part))
    request.on('end', () => {
      received.push({ headers: request.headers, body })
      const { status, headers = {}, body: text = '' } = answers.shift() ?? { status: 204 }
      response.writeHead(status, headers).end(text)
    })
  })
  const { url } = await listenForTest(server)
  return { url, received, answers }
}

/** An API that sends messages. The test stops it. */
export async function startWebhookRig(options: RigOptions = {}): Promise<ApiRig> {
  const rig = await startRig({ webhooks: ALLOW_LOCAL, ...options })
  startSending(rig)
  return rig
}

/** Plans and sends messages as one more API process does. Returns a function that stops it. */
export function startSending(rig: ApiRig): () => Promise<void> {
  const connection = connectRedis(rig.redis.url, 'worker', () => undefined)
  const webhooks = startWebhooks({ ...rig.deps, onOutcome: () => undefined }, connection)
  let stopped: Promise<void> | undefined
  const stop = () => (stopped ??= webhooks.stop().then(() => connection.disconnect()))
  onTestFinished(stop)
  return stop
}

export async function createHook(
  rig: Pick<ApiRig, 'ask'>,
  url: string,
  more: Record<string, unknown> = {},
): Promise<CreatedWebhook> {
  const response = await rig.ask('/api/v1/webhooks', { json: { url, ...more } })
  expect(response.status).toBe(201)
  return CreatedWebhook.parse(await response.json())
}

export async function readDeliveries(
  rig: Pick<ApiRig, 'ask'>,
  hook: string,
  query = '',
): Promise<Delivery[]> {
  const response = await rig.ask(`/api/v1/webhooks/${hook}/deliveries${query}`)
  expect(response.status).toBe(200)
  return DeliveryList.parse(await response.json()).data
}

/** Waits for the only delivery of a webhook to have a status. */
export function reached(
  rig: Pick<ApiRig, 'ask'>,
  hook: string,
  status: Delivery['status'],
): Promise<Delivery> {
  return until(`a delivery that is ${status}`, async () =>
    (await readDeliveries(rig, hook, `?status=${status}`)).at(0),
  )
}

/** Ends a demo scan of one type. Returns its id. */
export async function endScan(
  { deps: { journal } }: { deps: Pick<ApiRig['deps'], 'journal'> },
  { end = 'succeeded', cluster }: { end?: 'succeeded' | 'failed'; cluster?: string } = {},
): Promise<string> {
  const maker = scanMaker(journal)
  const id = await maker.open(cluster)
  await maker.plan(id, ['a.example.com'])
  await maker.work(id, 'a.example.com', end)
  return id
}
