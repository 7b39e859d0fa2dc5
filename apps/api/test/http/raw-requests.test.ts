import { expect, test } from 'vitest'
import { Problem } from '@capstan/shared/contract/problem'
import { parseTokens } from '../../src/access/tokens.ts'
import { startRig, type ApiRig } from '../support/api-rig.ts'
import { openRawClient, requestHead } from '../support/raw-client.ts'

const TOKENS = parseTokens('view:read:reader-token-0123456789abcdef')
const READER = 'Authorization: Bearer reader-token-0123456789abcdef'

interface RawAnswer {
  status: number
  headers: Headers
  body: string
}

/** Sends `text` on a new connection and reads the first complete response. */
async function send(rig: ApiRig, text: string): Promise<RawAnswer> {
  const client = await openRawClient(rig.url, text)
  const received = await client.until((seen) => {
    const [head = '', body = ''] = seen.split('\r\n\r\n')
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? NaN)
    return body.length >= length
  })
  client.socket.destroy()
  return readAnswer(received)
}

function readAnswer(received: string): RawAnswer {
  const [head = '', body = ''] = received.split('\r\n\r\n')
  const [line = '', ...lines] = head.split('\r\n')
  const headers = lines.map((one) => one.split(/: (.*)/s, 2) as [string, string])
  return { status: Number(line.split(' ')[1]), headers: new Headers(headers), body }
}

const withHosts = (version: string, ...hosts: string[]): string =>
  [`GET /livez HTTP/${version}`, ...hosts.map((host) => `Host: ${host}`), '', ''].join('\r\n')

test.for<[string, string]>([
  ['no Host header', withHosts('1.1')],
  ['two equal Host headers', withHosts('1.1', 'localhost', 'localhost')],
  ['two different Host headers', withHosts('1.1', 'localhost', 'evil.example')],
  ['two Host headers in HTTP/1.0', withHosts('1.0', 'localhost', 'localhost')],
  ['Host headers in different case', 'GET /livez HTTP/1.1\r\nHOST: a\r\nhost: a\r\n\r\n'],
  ['an empty Host header', withHosts('1.1', '')],
  ['a list in the Host header', withHosts('1.1', 'localhost, evil.example')],
  ['user information in the Host header', withHosts('1.1', 'localhost@evil.example')],
  ['a path in the Host header', withHosts('1.1', 'localhost/evil')],
  ['a port that is none', withHosts('1.1', 'localhost:80x')],
])('a request with %s is rejected with 400', async ([, text]) => {
  for (const tokens of [[], TOKENS]) {
    const rig = await startRig({ tokens })
    const { status, headers, body } = await send(rig, text)
    expect(status).toBe(400)
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/)
    expect(Problem.strict().parse(JSON.parse(body))).toMatchObject({ code: 'VALIDATION' })
    expect(body).toContain('Host header')
  }
})

test.each(['localhost', 'localhost:8080', '127.0.0.1', '[::1]:8080', 'LOCALHOST'])(
  'a request with the Host header %s is served',
  async (host) => {
    const rig = await startRig()
    expect((await send(rig, withHosts('1.1', host))).status).toBe(200)
  },
)

test('a server with tokens serves an HTTP/1.0 health check without a Host header', async () => {
  const rig = await startRig({ tokens: TOKENS })
  expect((await send(rig, withHosts('1.0'))).status).toBe(200)
})

const SCANS = '/api/v1/scans'
const REFUSED: Record<string, [status: number, text: string]> = {
  'without a token': [401, requestHead(`GET ${SCANS} HTTP/1.1`)],
  'without the scope': [403, requestHead(`POST ${SCANS} HTTP/1.1`, READER)],
  'of another site': [
    403,
    requestHead(`POST ${SCANS} HTTP/1.1`, READER, 'Origin: http://a.example'),
  ],
  'of an unknown path': [404, requestHead('GET /nothing HTTP/1.1')],
  'of an unknown scan': [404, requestHead(`GET ${SCANS}/7 HTTP/1.1`, READER)],
  'with another method': [405, requestHead('PUT /livez HTTP/1.1')],
  'in another format': [
    406,
    requestHead('GET /api/v1/capabilities/export HTTP/1.1', READER, 'Accept: image/png'),
  ],
  'with a body that is too large': [
    413,
    requestHead(
      'POST /api/v1/capabilities/search HTTP/1.1',
      READER,
      'Content-Type: application/json',
      'Content-Length: 6000000',
    ),
  ],
  'of another media type': [
    415,
    `${requestHead('POST /api/v1/capabilities/search HTTP/1.1', READER, 'Content-Type: a/b', 'Content-Length: 1')}x`,
  ],
  'with a path that cannot be decoded': [400, requestHead('GET /%zz HTTP/1.1')],
  'without a Host header': [400, withHosts('1.1')],
  'that is not HTTP': [400, 'NOT HTTP AT ALL\r\n\r\n'],
  'with an invalid header': [400, 'GET / HTTP/1.1\r\nHost: a\r\nb c\r\n\r\n'],
  'with two lengths': [
    400,
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx',
  ],
  'with headers that are too long': [
    431,
    requestHead('GET / HTTP/1.1', `X: ${'x'.repeat(20_000)}`),
  ],
}

function expectSecurityHeaders({ headers }: RawAnswer, what: string): void {
  expect(headers.get('x-content-type-options'), what).toBe('nosniff')
  expect(headers.get('x-frame-options'), what).toMatch(/^(DENY|SAMEORIGIN)$/)
  expect(headers.get('referrer-policy'), what).toBe('no-referrer')
  expect(headers.get('content-security-policy'), what).toContain('frame-ancestors')
  expect(headers.get('cross-origin-resource-policy'), what).toBe('same-origin')
  expect(headers.get('cache-control'), what).toBe('no-store')
  expect(headers.get('content-type'), what).toMatch(/^application\/problem\+json/)
}

test('every rejection has security headers, including requests that reach no route', async () => {
  const rig = await startRig({ tokens: TOKENS })
  for (const [what, [status, text]] of Object.entries(REFUSED)) {
    const answer = await send(rig, text)
    expect(answer.status, what).toBe(status)
    expectSecurityHeaders(answer, what)
  }
})

test('rejections of a draining server and of a loopback-only server have security headers', async () => {
  const draining = await startRig({ isDraining: () => true })
  const foreign = requestHead('GET / HTTP/1.1').replace('127.0.0.1', 'capstan.example')
  for (const [status, text] of [
    [503, requestHead(`POST ${SCANS} HTTP/1.1`)],
    [403, foreign],
  ] as const) {
    const answer = await send(draining, text)
    expect(answer.status).toBe(status)
    expectSecurityHeaders(answer, String(status))
  }
})

const SLOW = { timeouts: { requestMs: 300, checkEveryMs: 50 } }
const SLOW_REQUESTS: Record<string, string> = {
  'sends nothing': '',
  'never ends its headers': 'GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: ',
  'never ends its request line': 'GET /liv',
  'never ends its body': requestHead(
    `POST ${SCANS} HTTP/1.1`,
    'Content-Type: application/json',
    'Content-Length: 100',
  ),
  'never ends a chunk': `${requestHead(`POST ${SCANS} HTTP/1.1`, 'Content-Type: application/json', 'Transfer-Encoding: chunked')}1000\r\nab`,
}

test('slow clients are disconnected, and other clients are served meanwhile', async () => {
  const rig = await startRig(SLOW)
  const clients = await Promise.all(
    Object.values(SLOW_REQUESTS).flatMap((text) =>
      Array.from({ length: 40 }, () => openRawClient(rig.url, text)),
    ),
  )
  // Single bytes do not extend the timeout.
  const trickle = setInterval(() => {
    for (const { socket } of clients) if (socket.bytesWritten > 0) socket.write('a')
  }, 100)
  for (const { socket } of clients) socket.on('error', () => undefined)
  expect((await rig.ask('/livez')).status).toBe(200)
  const answers = await Promise.all(clients.map(({ ended }) => ended))
  clearInterval(trickle)
  for (const received of answers) {
    const answer = readAnswer(received)
    expect(answer.status).toBe(408)
    expectSecurityHeaders(answer, received)
  }
  expect((await rig.ask('/livez')).status).toBe(200)
})

test('by default slow senders are looked for every five seconds', async () => {
  const { app } = await startRig()
  expect(app.server).toMatchObject({
    connectionsCheckingInterval: 5_000,
    headersTimeout: 30_000,
    requestTimeout: 30_000,
  })
})

test('a slow rest of a rejected body is discarded until the request timeout only', async () => {
  const rig = await startRig(SLOW)
  const head = requestHead(
    `POST ${SCANS} HTTP/1.1`,
    'Content-Type: application/json',
    'Content-Length: 6000000',
  )
  const client = await openRawClient(rig.url, head)
  client.socket.on('error', () => undefined)
  const { promise: closed, resolve } = Promise.withResolvers<void>()
  client.socket.once('close', () => resolve())
  const received = await client.ended
  expect(readAnswer(received).status).toBe(413)
  // The server has half-closed the connection; it resets it after the timeout.
  const trickle = setInterval(() => client.socket.write('a'), 50)
  await closed
  clearInterval(trickle)
})
