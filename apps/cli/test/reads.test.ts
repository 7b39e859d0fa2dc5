import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { runCapstan, type CommandResult } from './run-capstan.ts'
import { startCliTestServer, TOKEN, type CliTestServer } from './start-server.ts'

let server: CliTestServer
let scanId: string
const capstan = (...args: string[]): Promise<CommandResult> =>
  runCapstan(args, { environment: server.client })

beforeAll(async () => {
  server = await startCliTestServer({ faults: [{ kind: 'refusal', matching: 'CronJob' }] })
  await capstan('scan', '*.apps', '*.batch', '-l', 'team=a', '-q')
  scanId = (await capstan('get', 'scans', '-o', 'name')).out.trim()
})
afterAll(() => server.close())

const LISTS = [
  ['scans', () => scanId, /^SCAN +STATUS .*AGE$/],
  ['resources', () => 'deployments.apps', /^RESOURCE +KIND .*KNOWN$/],
  ['capabilities', () => 'deployments.apps', /^RESOURCE +COMPLEXITY .*CAPABILITIES$/],
  ['workers', () => '-', /^WORKER +ACTIVE .*AGE$/],
  ['providers', () => 'anthropic', /^PROVIDER +STATE .*MODELS$/],
  ['audit', () => '-', /^TIME +BY +ACTION .*DETAIL$/],
] as const

describe.each(LISTS)('get %s', (kind, someName, header) => {
  test('get prints a table with a header and nothing on stderr', async () => {
    const { code, out, err } = await capstan('get', kind)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out.split('\n')[0]).toMatch(header)
    expect(out).toContain(someName())
  })

  test('get -o wide prints more columns', async () => {
    const columns = async (...more: string[]) =>
      (await capstan('get', kind, ...more)).out.split('\n')[0]?.split(/ {2,}/).length ?? 0
    const usual = await columns()
    expect(await columns('-o', 'wide')).toBeGreaterThan(usual)
  })

  test('json, yaml and ndjson contain the same rows, and name prints their names', async () => {
    const as = async (format: string) => (await capstan('get', kind, '-o', format)).out
    const rows = JSON.parse(await as('json')) as object[]
    expect(rows.length).toBeGreaterThan(0)
    const lines = (await as('ndjson')).trimEnd().split('\n')
    const keys = (row: unknown) => Object.keys(row as object)
    expect(lines.map((line) => keys(JSON.parse(line)))).toEqual(rows.map(keys))
    expect((parse(await as('yaml')) as unknown[]).map(keys)).toEqual(rows.map(keys))
    expect((await as('name')).trimEnd().split('\n')).toHaveLength(rows.length)
    expect(await as('name')).toContain(someName())
  })
})

test('get scans filters by status and label, and prints a note on stderr for an empty list', async () => {
  expect((await capstan('get', 'scans', '-l', 'team=a', '-o', 'name')).out).toBe(`${scanId}\n`)
  expect((await capstan('get', 'scans', '--status', 'partial', '-o', 'name')).out).toContain(scanId)
  const none = await capstan('get', 'scans', '-l', 'team=b')
  expect(none).toMatchObject({ code: 0, out: '' })
  expect(none.err).toContain('capstan scan')
  expect(await capstan('get', 'scans', '-l', 'team=b', '-o', 'json')).toMatchObject({ out: '[]\n' })
})

test('get resources filters by part of a name and shows the state of the catalog row', async () => {
  const { out } = await capstan('get', 'resources', '--capability', 'fresh', '-o', 'name')
  expect(out.split('\n')).toContain('deployments.apps')
  expect(out).not.toContain('pods')
  const found = await capstan('get', 'resources', 'deploy', '-o', 'ndjson')
  expect(JSON.parse(found.out)).toMatchObject({ resource: 'deployments.apps', capability: 'fresh' })
})

test('example writes a manifest of a type by any spelling, and an unknown type fails', async () => {
  const { code, out, err } = await capstan('example', 'Deployment')
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toMatch(/^# A minimal Deployment \(apps\/v1\)/)
  expect(parse(out)).toMatchObject({ apiVersion: 'apps/v1', kind: 'Deployment' })
  const unknown = await capstan('example', 'nothing.example.com')
  expect(unknown).toMatchObject({ code: 2, out: '' })
  const response = await fetch(`${server.url}/api/v1/resources/deploy/example`, {
    headers: { authorization: `Bearer ${TOKEN}` },
  })
  expect(response.headers.get('content-type')).toBe('text/yaml; charset=utf-8')
  expect(await response.text()).toBe(out)
})

test('get --limit reads no further rows', async () => {
  const { out } = await capstan('get', 'resources', '--limit', '3', '-o', 'name')
  expect(out.trim().split('\n')).toHaveLength(3)
})

test('export writes complete rows as NDJSON or in the requested format', async () => {
  const { code, out, err } = await capstan('export')
  expect({ code, err }).toEqual({ code: 0, err: '' })
  const rows = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as object)
  expect(rows.length).toBeGreaterThan(3)
  expect(rows[0]).toHaveProperty('provenance.scanId', scanId)
  expect(JSON.parse((await capstan('export', '-o', 'json')).out)).toEqual(rows)
})

test('describe scan shows the failed type, its cause and the retry command', async () => {
  const { code, out } = await capstan('describe', 'scan')
  expect(code).toBe(0)
  expect(out).toMatch(/^Status: +partial$/m)
  expect(out).toMatch(/^cronjobs\.batch +refused/m)
  expect(out).toContain(`capstan retry ${scanId} --failed`)
  const json = JSON.parse((await capstan('describe', 'scan', scanId, '-o', 'json')).out) as object
  expect(json).toMatchObject({ id: scanId, failed: [{ resource: 'cronjobs.batch' }] })
})

test.each(['Deployment', 'deployments', 'deploy', 'deployments.apps'])(
  'describe capability accepts the name %s',
  async (name) => {
    const { code, out } = await capstan('describe', 'capability', name)
    expect(code).toBe(0)
    expect(out).toMatch(/^Resource: +deployments\.apps$/m)
    expect(out).toMatch(/^Worker: +\S+, attempt 1$/m)
  },
)

test('search prints matches, best first', async () => {
  const { code, out } = await capstan('search', 'deployment', '--limit', '2', '-o', 'name')
  expect(code).toBe(0)
  expect(out.split('\n')[0]).toBe('deployments.apps')
  const none = await capstan('search', 'zzzz')
  expect(none).toMatchObject({ code: 0, out: '' })
  expect(none.err).toContain('capstan get capabilities')
})

test('search lists weak matches below a heading with a note, and --min-score leaves them out', async () => {
  const words = ['search', 'mongodb', 'deployment', 'for', 'vacation']
  const { code, out, err } = await capstan(...words)
  expect(code).toBe(0)
  expect(out).toMatch(/^Weak matches, by shared words only:\nRESOURCE +CLUSTER/)
  expect(err).toContain('Nothing in the catalog matches this well')
  const [hit] = JSON.parse((await capstan(...words, '-o', 'json')).out) as { strength: string }[]
  expect(hit?.strength).toBe('weak')
  expect(await capstan(...words, '--min-score', '0.5')).toMatchObject({ code: 0, out: '' })
  expect((await capstan(...words, '--min-score', '2')).code).toBe(2)
})

test('search shows the cluster of each type', async () => {
  const { out } = await capstan('search', 'deployment', '--limit', '1')
  expect(out).toMatch(/^RESOURCE +CLUSTER +CAPABILITIES/)
  expect(out).toMatch(/^deployments\.apps +demo /m)
})

test('version shows both versions, and reports an unreachable server', async () => {
  expect((await capstan('version')).out).toContain(`at ${server.url}`)
  const away = await capstan('version', '--server', 'http://127.0.0.1:9', '-o', 'json')
  expect(away.code).toBe(0)
  expect(JSON.parse(away.out)).not.toHaveProperty('server')
})

test('doctor finds no fault on a working server', async () => {
  const { code, out } = await capstan('doctor')
  expect(code, out).toBe(0)
  for (const name of ['node', 'server', 'redis', 'cluster', 'workers', 'provider', 'events']) {
    expect(out).toMatch(new RegExp(`^✔ ${name}`, 'm'))
  }
  const checks = JSON.parse((await capstan('doctor', '-o', 'json')).out) as { state: string }[]
  expect(checks.every(({ state }) => state === 'ok')).toBe(true)
})

test('doctor prints a fix for an unreachable server', async () => {
  const { code, out } = await capstan('doctor', '--server', 'http://127.0.0.1:9')
  expect(code).toBe(4)
  expect(out).toMatch(/✖ server .*\n +fix: .*capstan up/)
})

test('colors are printed only to terminals that support them', async () => {
  const plain = await capstan('get', 'scans')
  expect(plain.out).not.toContain('\u001B')
  const args = ['get', 'scans']
  const environment = { ...server.client, TERM: 'xterm' }
  expect((await runCapstan(args, { environment, terminal: 80 })).out).toContain('\u001B[1m')
  for (const change of [{ NO_COLOR: '1' }, { TERM: 'dumb' }]) {
    const { out } = await runCapstan(args, {
      environment: { ...environment, ...change },
      terminal: 80,
    })
    expect(out).not.toContain('\u001B')
  }
  const off = await runCapstan([...args, '--no-color'], { environment, terminal: 80 })
  expect(off.out).not.toContain('\u001B')
  const forced = { ...server.client, FORCE_COLOR: '1' }
  expect((await runCapstan(args, { environment: forced })).out).toContain('\u001B[1m')
})

test('a table fits the terminal and is uncut in a pipe', async () => {
  const { out } = await runCapstan(['get', 'capabilities'], {
    environment: { ...server.client, NO_COLOR: '1' },
    terminal: 80,
  })
  for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  expect((await capstan('get', 'capabilities')).out).not.toContain('…')
})

test('the token appears in no output', async () => {
  for (const args of [
    ['doctor', '-v'],
    ['describe', 'scan', '-o', 'json'],
    ['get', 'nothing'],
  ]) {
    const { out, err } = await capstan(...args)
    expect(out + err).not.toContain(TOKEN)
  }
})
