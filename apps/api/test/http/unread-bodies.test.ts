import { execFile } from 'node:child_process'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { Problem } from '@capstan/shared/contract/problem'
import { startRig, type ApiRig } from '../support/api-rig.ts'
import { openRawClient, requestHead } from '../support/raw-client.ts'

const run = promisify(execFile)
const SIX_MB = 6 * 1024 * 1024
const JSON_TYPE = 'Content-Type: application/json'

const mebibyte = Buffer.alloc(1024 * 1024, 'x')

function encodeChunk(data: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from('\r\n')])
}

/** The last response in the received bytes. */
function lastAnswer(received: string): { status: number; head: string; body: string } {
  const start = received.lastIndexOf('HTTP/1.1 ')
  const [head = '', body = ''] = received.slice(start).split('\r\n\r\n')
  return { status: Number(head.slice(9, 12)), head, body }
}

async function isMissing(command: string): Promise<boolean> {
  return run(command, ['--version']).then(
    () => false,
    () => true,
  )
}

/** The body is a file as standard input, so that curl and Python read the same bytes. */
async function runWithBody(command: string, args: string[], bytes: number): Promise<string> {
  const running = run(command, args, { encoding: 'utf8' })
  const { stdin } = running.child
  if (!stdin) throw new Error('the command has no standard input')
  stdin.on('error', () => undefined)
  Readable.from([Buffer.alloc(bytes, 'x')]).pipe(stdin)
  return (await running).stdout
}

test.each([SIX_MB, 40 * 1024 * 1024])(
  'fetch reads the 413 of a body of %i bytes',
  async (bytes) => {
    const rig = await startRig()
    for (const headers of [{}, { connection: 'close' }]) {
      const response = await rig.ask('/api/v1/scans', {
        method: 'POST',
        body: Buffer.alloc(bytes, 'x'),
        headers: { 'content-type': 'application/json', ...headers },
      })
      expect(response.status).toBe(413)
      expect(Problem.parse(await response.json()).code).toBe('PAYLOAD_TOO_LARGE')
    }
  },
)

test('fetch reads the 413 of a streamed body', async () => {
  const rig = await startRig()
  const body = Readable.toWeb(Readable.from(Array.from({ length: 6 }, () => mebibyte)))
  const response = await fetch(`${rig.url}/api/v1/scans`, {
    method: 'POST',
    body,
    duplex: 'half',
    headers: { 'content-type': 'application/json' },
  } as RequestInit)
  expect(response.status).toBe(413)
})

const CURL = ['-sS', '-w', '\n%{http_code}', '-H', JSON_TYPE, '--data-binary', '@-']

test.for<[string, string[]]>([
  ['with its default headers', []],
  ['without Expect', ['-H', 'Expect:']],
  ['chunked', ['-H', 'Transfer-Encoding: chunked', '-H', 'Expect:']],
  ['chunked with Expect', ['-H', 'Transfer-Encoding: chunked', '-H', 'Expect: 100-continue']],
  ['with Connection: close', ['-H', 'Connection: close', '-H', 'Expect:']],
  ['with HTTP/1.0', ['--http1.0', '-H', 'Expect:']],
])('curl reads the 413 of 6 MB %s', async ([, options], { skip }) => {
  skip(await isMissing('curl'), 'no curl here')
  const rig = await startRig()
  const out = await runWithBody('curl', [...CURL, ...options, `${rig.url}/api/v1/scans`], SIX_MB)
  expect(out).toContain('PAYLOAD_TOO_LARGE')
  expect(out.endsWith('\n413')).toBe(true)
})

const PYTHON = `
import sys, http.client, urllib.request, urllib.error
kind, host, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
body = sys.stdin.buffer.read()
headers = {"Content-Type": "application/json"}
if kind == "urllib":
    request = urllib.request.Request(f"http://{host}:{port}/api/v1/scans", body, headers)
    try:
        urllib.request.urlopen(request)
    except urllib.error.HTTPError as error:
        print(error.code, error.read().decode())
else:
    connection = http.client.HTTPConnection(host, port)
    chunks = (body[i:i + 65536] for i in range(0, len(body), 65536))
    connection.request("POST", "/api/v1/scans", chunks if kind == "chunked" else body, headers,
        encode_chunked=kind == "chunked")
    answer = connection.getresponse()
    print(answer.status, answer.read().decode())
`

test.for(['urllib', 'http.client', 'chunked'])(
  'Python reads the 413 of 6 MB by %s',
  async (kind, { skip }) => {
    skip(await isMissing('python3'), 'no python3 here')
    const rig = await startRig()
    const { hostname, port } = new URL(rig.url)
    const out = await runWithBody('python3', ['-c', PYTHON, kind, hostname, port], SIX_MB)
    expect(out).toMatch(/^413 .*PAYLOAD_TOO_LARGE/)
  },
)

test.each([
  ['a body that is too large', 'POST /api/v1/scans HTTP/1.1', 413],
  ['a path without a route', 'POST /nothing HTTP/1.1', 404],
  ['a path that cannot be decoded', 'POST /%zz HTTP/1.1', 400],
  ['a method that the path does not support', 'PUT /livez HTTP/1.1', 405],
])(
  '%s gets a response while 6 MB are being sent, and the connection is not reset',
  async (_, line, status) => {
    const rig = await startRig()
    for (const connection of ['keep-alive', 'close']) {
      const head = requestHead(
        line,
        JSON_TYPE,
        `Content-Length: ${SIX_MB}`,
        `Connection: ${connection}`,
      )
      const client = await openRawClient(rig.url, head)
      for (let sent = 0; sent < SIX_MB; sent += mebibyte.length) {
        // Written in sequence: the last writes leave long after the response.
        await new Promise<void>((resolve, reject) => {
          client.socket.write(mebibyte, (error) => (error ? reject(error) : resolve()))
        })
      }
      const isClosed = connection === 'close' || status === 413
      const received = await (isClosed ? client.ended : client.until((text) => text.includes('}')))
      expect(lastAnswer(received).status).toBe(status)
    }
  },
)

test('an endless chunked body gets its 413 while it is being sent', async () => {
  const rig = await startRig()
  const head = requestHead('POST /api/v1/scans HTTP/1.1', JSON_TYPE, 'Transfer-Encoding: chunked')
  const client = await openRawClient(rig.url, head)
  client.socket.write(encodeChunk(mebibyte))
  const received = await client.until((text) => text.includes('PAYLOAD_TOO_LARGE'))
  expect(lastAnswer(received).status).toBe(413)
})

test('an endless sender is disconnected', async () => {
  const rig = await startRig()
  const head = requestHead('POST /api/v1/scans HTTP/1.1', JSON_TYPE, 'Transfer-Encoding: chunked')
  const client = await openRawClient(rig.url, head)
  const chunk = encodeChunk(Buffer.alloc(16 * 1024 * 1024, 'x'))
  let sent = 0
  const isCut = async (): Promise<boolean> =>
    new Promise((resolve) => {
      client.socket.write(chunk, (error) => resolve(error !== null && error !== undefined))
    })
  while (!(await isCut())) sent += chunk.length
  expect(sent).toBeGreaterThan(200 * 1024 * 1024)
  expect(sent).toBeLessThan(600 * 1024 * 1024)
})

async function answerToExpect(rig: ApiRig, line: string, ...headers: string[]): Promise<string> {
  const head = requestHead(line, JSON_TYPE, 'Expect: 100-continue', ...headers)
  const client = await openRawClient(rig.url, head)
  return client.until((text) => /\r\n\r\n/.test(text))
}

test('Expect: 100-continue gets 100 only when the route reads the body', async () => {
  const rig = await startRig({ tokens: [] })
  const line = 'POST /api/v1/scans HTTP/1.1'
  const small = 'Content-Length: 2'
  expect(await answerToExpect(rig, line, small)).toBe('HTTP/1.1 100 Continue\r\n\r\n')
  const tooLarge = await answerToExpect(rig, line, `Content-Length: ${SIX_MB}`)
  expect(tooLarge).toMatch(/^HTTP\/1\.1 413 [\s\S]*connection: close/i)
  expect(await answerToExpect(rig, 'POST /nothing HTTP/1.1', small)).toMatch(/^HTTP\/1\.1 404 /)
  const guarded = await startRig({ tokens: [], isDraining: () => true })
  expect(await answerToExpect(guarded, line, small)).toMatch(/^HTTP\/1\.1 503 /)
})

test('a request with Expect: 100-continue keeps its connection open', async () => {
  const rig = await startRig()
  const body = '{"q": "database"}'
  const line = 'POST /api/v1/capabilities/search HTTP/1.1'
  const head = requestHead(
    line,
    JSON_TYPE,
    'Expect: 100-continue',
    `Content-Length: ${body.length}`,
  )
  const client = await openRawClient(rig.url, head)
  await client.until((text) => text.includes('100 Continue'))
  client.socket.write(body)
  const received = await client.until((text) => text.includes('"facets"'))
  expect(lastAnswer(received)).toMatchObject({ status: 200 })
  expect(lastAnswer(received).head).toMatch(/connection: keep-alive/i)
})

test('a closing server does not wait for a rejected body', async () => {
  const rig = await startRig()
  const head = requestHead('POST /api/v1/scans HTTP/1.1', JSON_TYPE, `Content-Length: ${SIX_MB}`)
  const client = await openRawClient(rig.url, head)
  await client.until((text) => text.includes('PAYLOAD_TOO_LARGE'))
  await rig.close()
  await client.ended.catch(() => undefined)
  expect(client.received()).toContain('HTTP/1.1 413 ')
})

test('requests that are answered at once leave no listeners on their connection', async () => {
  const rig = await startRig()
  const connected = once(rig.app.server, 'connection')
  const client = await openRawClient(rig.url)
  const [socket] = (await connected) as [Socket]
  const send = async (count: number): Promise<number> => {
    const before = client.received().split('HTTP/1.1 400').length
    client.socket.write(requestHead('GET /%zz HTTP/1.1').repeat(count))
    await client.until((text) => text.split('HTTP/1.1 400').length === before + count)
    return socket.listenerCount('close')
  }
  const first = await send(1)
  expect(await send(20)).toBe(first)
})
