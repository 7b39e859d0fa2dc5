import { createServer, type RequestListener } from 'node:http'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { runCapstan, spawnCapstan } from './run-capstan.ts'
import { READ_TOKEN, startCliTestServer, TOKEN, type CliTestServer } from './start-server.ts'

let server: CliTestServer
beforeAll(async () => {
  server = await startCliTestServer()
})
afterAll(() => server.close())

const WHAT_WHY_FIX = /^✖ .+\n( {2}why: .+\n)+ {2}fix: .+\n/

const wrong = 'wrong-token-0123456789'
test.each([
  ['no token', {}, ['get', 'scans'], 5],
  ['a wrong token', { CAPSTAN_TOKEN: wrong }, ['get', 'scans'], 5],
  ['a wrong token', { CAPSTAN_TOKEN: wrong }, ['scan'], 5],
  ['a wrong token', { CAPSTAN_TOKEN: wrong }, ['watch'], 5],
  ['a token that may only read', { CAPSTAN_TOKEN: READ_TOKEN }, ['scan'], 5],
  ['an unusable token', { CAPSTAN_TOKEN: 'with space' }, ['get', 'scans'], 2],
  ['an unreachable server', { CAPSTAN_SERVER: 'http://127.0.0.1:9' }, ['get', 'scans'], 4],
  ['an unreachable server', { CAPSTAN_SERVER: 'http://127.0.0.1:9' }, ['scan'], 4],
  ['an address that is none', { CAPSTAN_SERVER: 'localhost:8080' }, ['get', 'scans'], 2],
  ['a password in the address', { CAPSTAN_SERVER: 'http://u:canary@x' }, ['get', 'scans'], 2],
  ['an unknown scan', undefined, ['watch', `scan_${'0'.repeat(32)}`], 2],
  ['what is no id', undefined, ['cancel', '../x'], 2],
  ['an unknown type', undefined, ['describe', 'capability', 'nothing'], 2],
  ['an unknown pattern', undefined, ['scan', 'nothing'], 2],
  ['a provider without a worker', undefined, ['scan', '--provider', 'openai'], 2],
  ['an unknown cluster', undefined, ['scan', '--cluster', 'elsewhere'], 2],
  ['a query without words', undefined, ['search', ' '], 2],
])(
  '%s prints what, why and fix to stderr and sets the exit code (%#)',
  async (_, change, args, code) => {
    const given: Record<string, string> = { CAPSTAN_SERVER: server.url, ...change }
    const ran = await runCapstan(args, { environment: change ? given : server.client })
    expect({ code: ran.code, out: ran.out }, ran.err).toEqual({ code, out: '' })
    expect(ran.err).toMatch(WHAT_WHY_FIX)
    for (const secret of [TOKEN, wrong, 'canary']) expect(ran.err).not.toContain(secret)
  },
)

test.each([
  [['--nothing']],
  [['nothing']],
  [['scan', '--nothing']],
  [['get']],
  [['get', 'nothing']],
  [['get', 'scans', '-o', 'nothing']],
  [['get', 'scans', '--limit', '0']],
  [['scan', '--timeout', 'soon']],
  [['scan', '--label', 'team']],
  [['scan', '--detach', '--wait']],
  [['scan', '--progress', 'loud']],
  [['search']],
  [['retry']],
  [['up', '--port', '99999']],
  [['up', '--workers', '0']],
  [['demo', '--latency', '9-1']],
  [[]],
])('%j is a usage error: exit code 2 and a message on stderr', async (args) => {
  const { code, out, err } = await runCapstan(args, { environment: server.client })
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(err).not.toBe('')
})

test.each([['--help'], ['scan', '--help'], ['help'], ['--version']])(
  '%s prints to stdout and exits with 0',
  async (...args) => {
    const { code, out, err } = await runCapstan(args)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain('capstan')
  },
)

test('-v adds the request id to an error', async () => {
  const args = ['watch', `scan_${'0'.repeat(32)}`]
  const environment = server.client
  expect((await runCapstan(args, { environment })).err).not.toContain('urn:')
  expect((await runCapstan(['-v', ...args], { environment })).err).toMatch(/at: .*urn:request:/)
})

test('with --progress json an error is printed as JSON', async () => {
  const args = ['scan', 'nothing', '--progress', 'json']
  const { code, err } = await runCapstan(args, { environment: server.client })
  expect(JSON.parse(err)).toMatchObject({ type: 'error', data: { exitCode: code } })
})

test('the token can be in a file that an option or a variable names', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'capstan-cli-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  const file = join(directory, 'token')
  await writeFile(file, `${TOKEN}\n`)
  const environment = { CAPSTAN_SERVER: server.url }
  const args = ['get', 'providers', '-o', 'name']
  expect(await runCapstan([...args, '--token-file', file], { environment })).toMatchObject({
    code: 0,
  })
  const named = { ...environment, CAPSTAN_TOKEN_FILE: file }
  expect(await runCapstan(args, { environment: named })).toMatchObject({ code: 0 })
  const missing = await runCapstan([...args, '--token-file', `${file}-not`], { environment })
  expect(missing.code).toBe(2)
  expect(missing.err).toMatch(WHAT_WHY_FIX)
})

/** An HTTP server that is not Capstan. */
async function foreignServer(answer: RequestListener): Promise<Record<string, string>> {
  const foreign = createServer(answer)
  await new Promise<void>((resolve) => foreign.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    foreign.closeAllConnections()
    foreign.close()
  })
  return { CAPSTAN_SERVER: `http://127.0.0.1:${(foreign.address() as AddressInfo).port}` }
}

test.each<[string, RequestListener, number]>([
  ['a web page', (_, answer) => answer.end('<h1>Welcome</h1>'), 4],
  ['a login', (_, answer) => answer.writeHead(401).end('<h1>Log in</h1>'), 5],
  ['a broken gateway', (_, answer) => answer.writeHead(502).end('bad gateway'), 4],
  ['other JSON', (_, answer) => answer.end('{"hello":"world"}'), 1],
  ['a connection that is cut', (request) => request.destroy(), 4],
])('%s in place of Capstan is reported', async (_, answer, code) => {
  const environment = await foreignServer(answer)
  const ran = await runCapstan(['get', 'scans'], { environment })
  expect({ code: ran.code, out: ran.out }).toEqual({ code, out: '' })
  expect(ran.err).toMatch(WHAT_WHY_FIX)
})

test('a closed output pipe is not an error', async () => {
  const listing = spawnCapstan(['get', 'resources', '-o', 'json'], server.client)
  listing.closeOutput()
  expect(await listing.ended).toBe(0)
  expect(listing.err()).toBe('')
})
