import { expect, test as base } from 'vitest'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { openEndpointHealth } from '@capstan/limits/health/endpoint-health'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { openScanRig, type ScanRig } from '@capstan/testkit/scan-rig'
import { until } from '@capstan/testkit/until'
import { runWorker, spawnWorker } from './run-worker.ts'
import {
  answerWithGoods,
  sendJson,
  startOddServer,
  type OddServerHandler,
  type OddServer,
} from '@capstan/testkit/odd-server'

// These tests mostly wait, so they run at the same time.
const test = base.concurrent

// Servers that no scan can end on, as people point Capstan at them: each has never answered well.

const MODEL = 'local-model'
const ROUTE = { provider: 'openai', model: MODEL } as const
const KEY = { ...ROUTE, account: 'openai' }
const SLOTS = 4
/** The verdict, and the calls that were in flight when it came. */
const MOST_CALLS = 5 + SLOTS - 1

const types = (count: number, name = 'Type') =>
  Array.from({ length: count }, (_, index) => makeDefinition(`${name}${index}`))

const settings = (baseUrl: string) => ({
  OPENAI_API_KEY: 'sk-test-0123456789',
  OPENAI_BASE_URL: baseUrl,
  CAPSTAN_CONCURRENCY: String(SLOTS),
})

/** For servers that hold their calls: no call waits until another one has found out how to ask. */
const settled = (baseUrl: string) => ({ ...settings(baseUrl), CAPSTAN_ASSUME_DIALECT: 'true' })

/** The scan, once it is paused and all of its calls have ended. */
async function paused(rig: ScanRig, scanId: string): Promise<Scan> {
  return until(`the pause of ${scanId}`, async () => {
    const scan = await rig.journal.scan(scanId)
    return scan?.status === 'paused' && scan.progress.running === 0 ? scan : undefined
  })
}

async function resume(rig: ScanRig, scanId: string): Promise<void> {
  await rig.journal.resume(scanId, 'me')
  await rig.ensure(scanId)
}

const html =
  (status: number, title: string): OddServerHandler =>
  (_, response) =>
    void response
      .writeHead(status, { 'content-type': 'text/html' })
      .end(
        `<!doctype html><html><head><title>${title}</title></head><body>${Math.random()}</body></html>`,
      )
const json =
  (status: number, body: () => unknown): OddServerHandler =>
  (_, response) =>
    sendJson(response, status, body())
const cut: OddServerHandler = ({ socket }) => void socket.destroy()

let requests = 0
/** Answers that no call can be made with, each as some product gives it. */
const ODD: [string, OddServerHandler][] = [
  ['200 with an error for every path', json(200, () => ({ error: 'Nothing to see here.' }))],
  ['a web page for every path', html(200, 'Sign in')],
  ['the health check of a proxy for every path', json(200, () => ({ status: 'ok' }))],
  [
    'plain text for every path',
    (_, response) => void response.writeHead(200).end('Ollama is running'),
  ],
  ['an empty body', (_, response) => void response.writeHead(200).end()],
  ['a list', json(200, () => [])],
  [
    '500 with a new request id each time',
    json(500, () => ({ error: { message: `Internal error, request req_${(requests += 1)}a` } })),
  ],
  ['500 without a body', (_, response) => void response.writeHead(500).end()],
  ['502 of a gateway', html(502, '502 Bad Gateway')],
  ['400 to every request', json(400, () => ({ error: { message: 'Bad Request' } }))],
  ['a connection that is cut', cut],
]

test.each(ODD)('a route whose calls all end in %s pauses its scan once', async (_, answer) => {
  const [rig, server] = [openScanRig(), await startOddServer(answer)]
  await runWorker(rig, undefined, settings(server.url))
  const scanId = await rig.scan(types(30), ROUTE)
  const scan = await paused(rig, scanId)
  expect(server.calls).toBeGreaterThanOrEqual(3)
  expect(server.calls).toBeLessThanOrEqual(MOST_CALLS)
  const { problem, fault } = scan.pause ?? {}
  // A connection that breaks off is no answer of a wrong path.
  expect(problem?.hint).toMatch(answer === cut ? /OPENAI_BASE_URL/ : /OPENAI_BASE_URL.* \/v1/)
  expect(fault).toMatchObject({ account: 'openai', title: problem?.title, hint: problem?.hint })
  expect(scan.progress).toMatchObject({ failed: 0, succeeded: 0 })
  expect(await pauses(rig, scanId)).toBe(1)
})

test.each([
  ['200 with an error that names the path', json(200, () => ({ error: 'Unexpected endpoint.' }))],
  ['405 Method Not Allowed', json(405, () => ({ detail: 'Method Not Allowed' }))],
])('a route that answers %s pauses its scan at once', async (_, answer) => {
  const [rig, server] = [openScanRig(), await startOddServer(answer)]
  await runWorker(rig, undefined, settings(server.url))
  const scan = await paused(rig, await rig.scan(types(30), ROUTE))
  expect(server.calls).toBe(1)
  expect(scan.pause?.problem?.hint).toMatch(/OPENAI_BASE_URL.* \/v1/)
})

async function pauses(rig: ScanRig, scanId: string): Promise<number> {
  const { events } = await rig.journal.events(scanId, 0, 1_000)
  return events.filter(({ type }) => type === 'scan.paused').length
}

test.each([
  ['a closed port', 'http://127.0.0.1:2/v1', /ECONNREFUSED|refused|connect|closed/i],
  ['a host without an address', 'http://no-such-host.invalid/v1', /ENOTFOUND|EAI_AGAIN|host|name/i],
  ['a scheme that nothing speaks there', '', /./],
])('%s pauses the scan with the error text', async (_, baseUrl, words) => {
  const [rig, server] = [openScanRig(), await startOddServer(answerWithGoods)]
  // TLS to a port without it.
  await runWorker(rig, undefined, settings(baseUrl || `${server.url.replace('http', 'https')}/v1`))
  const scan = await paused(rig, await rig.scan(types(10), ROUTE))
  expect(scan.pause?.problem?.title).toMatch(words)
  expect(scan.pause?.problem?.hint).toContain('OPENAI_BASE_URL')
})

test('a redirect that leads nowhere pauses the scan', async () => {
  const to: OddServerHandler = ({ url = '/' }, response) =>
    void response.writeHead(307, { location: url }).end()
  const [rig, server] = [openScanRig(), await startOddServer(to)]
  await runWorker(rig, undefined, settings(server.url))
  const scan = await paused(rig, await rig.scan(types(10), ROUTE))
  expect(scan.pause?.problem?.hint).toContain('OPENAI_BASE_URL')
})

test('three identical failures pause the scan when no other call is in flight', async () => {
  const [rig, server] = [openScanRig(), await startOddServer(json(500, () => ({ error: 'no' })))]
  await runWorker(rig, undefined, settings(server.url))
  await paused(rig, await rig.scan(types(3), ROUTE))
  expect(server.calls).toBe(3)
})

test('a scan of one type on a misconfigured route is paused after three attempts, not failed', async () => {
  const [rig, server] = [openScanRig(), await startOddServer(json(424, () => ({ detail: 'no' })))]
  await runWorker(rig, undefined, settings(server.url))
  const scan = await paused(rig, await rig.scan(types(1), ROUTE))
  expect(server.calls).toBe(3)
  expect(scan.progress).toMatchObject({ failed: 0 })
})

test('a resumed scan pauses again after the same few calls while the route is misconfigured, and ends once it is fixed', async () => {
  const [rig, server] = [openScanRig(), await startOddServer(ODD[0]![1])]
  await runWorker(rig, undefined, settings(server.url))
  const scanId = await rig.scan(types(20), ROUTE)
  await paused(rig, scanId)
  const first = server.calls
  await resume(rig, scanId)
  await paused(rig, scanId)
  expect(server.calls - first).toBeGreaterThanOrEqual(3)
  expect(server.calls - first).toBeLessThanOrEqual(MOST_CALLS)
  expect(await pauses(rig, scanId)).toBe(2)
  server.answer = answerWithGoods
  await resume(rig, scanId)
  expect(await rig.ended(scanId)).toMatchObject({
    status: 'succeeded',
    progress: { succeeded: 20 },
  })
})

test('a new scan on a route that is known to be misconfigured makes one call and pauses', async () => {
  const [rig, server] = [openScanRig(), await startOddServer(ODD[1]![1])]
  await runWorker(rig, undefined, settings(server.url))
  await paused(rig, await rig.scan(types(20), ROUTE))
  const before = server.calls
  const scan = await paused(rig, await rig.scan(types(20, 'Other'), ROUTE))
  expect(server.calls - before).toBe(1)
  expect(scan.pause?.problem?.hint).toContain('OPENAI_BASE_URL')
})

test('a new scan runs normally when the route answers again', async () => {
  const [rig, server] = [openScanRig(), await startOddServer(ODD[1]![1])]
  await runWorker(rig, undefined, settings(server.url))
  await paused(rig, await rig.scan(types(10), ROUTE))
  server.answer = answerWithGoods
  const scan = await rig.ended(await rig.scan(types(10, 'Other'), ROUTE))
  expect(scan).toMatchObject({ status: 'succeeded', progress: { succeeded: 10 } })
})

test('faults that a killed worker recorded count towards the pause of the scan by the next worker', async () => {
  const [rig, server] = [openScanRig(), await startOddServer(() => undefined)]
  // Slow enough that the kill comes between the first faults and the verdict.
  const fails: (() => void)[] = []
  server.answer = (_, response) => void fails.push(() => sendJson(response, 500, { error: 'no' }))
  const one = {
    ...settled(server.url),
    CAPSTAN_CONCURRENCY: '2',
    CAPSTAN_LOCK_MS: '2000',
    CAPSTAN_STALLED_MS: '1000',
  }
  const first = await spawnWorker(rig, undefined, one)
  const scanId = await rig.scan(types(6), ROUTE)
  await until('two calls', () => (fails.length === 2 ? true : undefined))
  fails.splice(0).forEach((fail) => fail())
  const health = openEndpointHealth(rig.redis, rig.keys)
  await until('two faults', async () =>
    (await health.read(KEY)).identical === 2 ? true : undefined,
  )
  await first.stop('SIGKILL')
  await runWorker(rig, undefined, one)
  const before = server.calls
  server.answer = json(500, () => ({ error: 'no' }))
  await paused(rig, scanId)
  // The third to fifth fault, and one more call in flight.
  expect(server.calls - before).toBeLessThanOrEqual(4)
  expect(await pauses(rig, scanId)).toBe(1)
})

test.each([
  [
    'llama.cpp',
    json(503, () => ({
      error: { code: 503, message: 'Loading model', type: 'unavailable_error' },
    })),
  ],
  ['a gateway', html(503, '503 Service Unavailable')],
  [
    'a server with another status',
    json(500, () => ({ error: { message: 'model is loading, try again' } })),
  ],
])('%s that loads its model is waited for', async (_, answer) => {
  const [rig, server] = [openScanRig(), await startOddServer(answer)]
  await runWorker(rig, undefined, settings(server.url))
  const scanId = await rig.scan(types(10), ROUTE)
  await until('more faults than a verdict needs', () => (server.calls >= 7 ? true : undefined))
  expect(await rig.journal.scan(scanId)).toMatchObject({ status: 'running', pause: null })
  server.answer = answerWithGoods
  expect(await rig.ended(scanId)).toMatchObject({ status: 'succeeded', progress: { failed: 0 } })
})

test('the same faults on a route that answered within a day open its breaker and pause no scan', async () => {
  const [rig, server] = [openScanRig(), await startOddServer(answerWithGoods)]
  await runWorker(rig, undefined, settings(server.url))
  await rig.ended(await rig.scan(types(2), ROUTE))
  server.answer = ODD[6]![1]
  const scanId = await rig.scan(types(10, 'Other'), ROUTE)
  await until('more faults than a verdict needs', () => (server.calls >= 2 + 9 ? true : undefined))
  expect(await rig.journal.scan(scanId)).toMatchObject({ status: 'running', pause: null })
  server.answer = answerWithGoods
  expect(await rig.ended(scanId)).toMatchObject({ status: 'succeeded' })
})

test('a base URL that was changed to a wrong one is judged as a new endpoint', async () => {
  const rig = openScanRig()
  const [good, wrong] = [await startOddServer(answerWithGoods), await startOddServer(ODD[1]![1])]
  const before = await runWorker(rig, undefined, settings(good.url))
  await rig.ended(await rig.scan(types(2), ROUTE))
  await before.stop()
  await runWorker(rig, undefined, settings(wrong.url))
  await paused(rig, await rig.scan(types(10, 'Other'), ROUTE))
  expect(wrong.calls).toBeLessThanOrEqual(MOST_CALLS)
})

test('a misconfigured account beside a working account pauses no scan', async () => {
  const rig = openScanRig()
  const [good, wrong] = [await startOddServer(answerWithGoods), await startOddServer(ODD[1]![1])]
  const other = {
    name: 'other',
    provider: 'openai',
    apiKey: 'sk-other-0123456789',
    baseUrl: wrong.url,
  }
  await runWorker(rig, undefined, {
    ...settings(good.url),
    CAPSTAN_ACCOUNTS: JSON.stringify([other]),
  })
  const scan = await rig.ended(await rig.scan(types(40), ROUTE))
  expect(scan).toMatchObject({ status: 'succeeded', progress: { succeeded: 40 } })
})

const refuse401: OddServerHandler = (_, response) =>
  sendJson(response, 401, {
    error: { message: 'Incorrect API key provided', code: 'invalid_api_key' },
  })

/** Calls that wait until they are released. */
function holdCalls(server: OddServer, answer: OddServerHandler): { release: () => void } {
  const held: (() => void)[] = []
  server.answer = (request, response) => void held.push(() => answer(request, response))
  return {
    release: () => {
      server.answer = answer
      held.splice(0).forEach((go) => go())
    },
  }
}

test('a refused key pauses the scan once, and no call in flight is repeated', async () => {
  const [rig, server] = [openScanRig(), await startOddServer(refuse401)]
  const calls = holdCalls(server, refuse401)
  await runWorker(rig, undefined, settled(server.url))
  const scanId = await rig.scan(types(30), ROUTE)
  await until('all slots', () => (server.calls === SLOTS ? true : undefined))
  calls.release()
  const scan = await paused(rig, scanId)
  expect(server.calls).toBe(SLOTS)
  expect(scan.pause).toMatchObject({ reason: 'provider_auth', fault: { reason: 'provider_auth' } })
  expect(await pauses(rig, scanId)).toBe(1)
  expect((await openEndpointHealth(rig.redis, rig.keys).read(KEY)).verdict).toBe('refused')
})

test('each other scan on an account with a rejected key is paused after one call', async () => {
  const [rig, server] = [openScanRig(), await startOddServer(refuse401)]
  await runWorker(rig, undefined, settled(server.url))
  await runWorker(rig, undefined, settled(server.url))
  await paused(rig, await rig.scan(types(20), ROUTE))
  const before = server.calls
  await paused(rig, await rig.scan(types(20, 'Second'), ROUTE))
  await paused(rig, await rig.scan(types(20, 'Third'), ROUTE))
  expect(server.calls - before).toBe(2)
})

test('a fallback model does not answer for a misconfigured route', async () => {
  const rig = openScanRig()
  const [other, wrong] = [await startOddServer(answerWithGoods), await startOddServer(ODD[0]![1])]
  await runWorker(rig, undefined, {
    ...settings(wrong.url),
    ANTHROPIC_API_KEY: 'sk-ant-test-0123456789',
    ANTHROPIC_BASE_URL: other.url,
    CAPSTAN_FALLBACK: 'anthropic/claude-haiku-4-5',
    CAPSTAN_FALLBACK_AFTER_MS: '500',
  })
  await paused(rig, await rig.scan(types(20), ROUTE))
  expect(other.calls).toBe(0)
})
