import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { until } from '@capstan/testkit/until'
import { runCapstan, spawnCapstan, type CommandResult } from './run-capstan.ts'
import { startCliTestServer, type CliTestServer } from './start-server.ts'

let server: CliTestServer
const capstan = (...args: string[]): Promise<CommandResult> =>
  runCapstan(args, { environment: server.client })
const SLOW = { latency: { kind: 'uniform', minMs: 60_000, maxMs: 60_000 } } as const

beforeAll(async () => {
  server = await startCliTestServer()
})
beforeEach(() => server.provider.configure({}))
afterAll(() => server.close())

/** The scan that `-o json` printed. */
function scanOf({ out }: CommandResult): Scan {
  return JSON.parse(out) as Scan
}

test('a scan is shown on stderr, exits with 0 and prints only data to stdout', async () => {
  const { code, out, err } = await capstan('scan', 'deployments', 'services')
  expect({ code, out }).toEqual({ code: 0, out: '' })
  expect(err).toMatch(/succeeded: 2 types, 2 analysed/)
  expect(err).toMatch(/2 model calls, .* tokens, \$0\.\d\d/)
  expect(err).toContain('Next: capstan search')
})

test.each([
  ['json', (out: string, id: string) => expect(JSON.parse(out)).toMatchObject({ id, done: true })],
  ['ndjson', (out: string, id: string) => expect(out).toMatch(new RegExp(`^{"id":"${id}".*}\n$`))],
  ['yaml', (out: string, id: string) => expect(out).toMatch(new RegExp(`^id: ${id}\n`))],
  ['name', (out: string, id: string) => expect(out).toBe(`${id}\n`)],
])('-o %s prints only the final scan to stdout', async (format, isRight) => {
  const { code, out } = await capstan('scan', 'pods', '-o', format)
  expect(code).toBe(0)
  isRight(out, (await capstan('get', 'scans', '--limit', '1', '-o', 'name')).out.trim())
})

test('plain progress prints lines with growing counts, from the plan on', async () => {
  const { err } = await capstan('scan', '--full', '*.batch', '*.apps', '--progress', 'plain')
  const percents = [...err.matchAll(/^scan_\w+ {2}\w+ {2}(\d+) %/gm)].map(([, text]) =>
    Number(text),
  )
  expect(percents.length).toBeGreaterThan(0)
  expect(percents).toEqual(percents.toSorted((a, b) => a - b))
  expect(err).not.toContain('\u001B')
})

test('json progress prints events line by line on stderr and the final scan on stdout', async () => {
  const ran = await capstan('scan', '--full', '*.apps', '--progress', 'json')
  expect(ran.code).toBe(0)
  const events = ran.err
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { id: string; type: string; data: { scanId: string } })
  const { id, progress } = scanOf(ran)
  expect(events.every(({ data }) => data.scanId === id)).toBe(true)
  expect(events.at(-1)).toMatchObject({ type: 'scan.finished' })
  const ended = events.filter(({ type }) => type === 'resource.succeeded')
  expect(ended.length).toBeLessThanOrEqual(progress.succeeded)
})

test('-q prints only the requested data', async () => {
  expect(await capstan('scan', 'pods', '-q')).toEqual({ code: 0, out: '', err: '' })
})

test('a scan of unchanged types makes no model call', async () => {
  await capstan('scan', 'secrets')
  const { err } = await capstan('scan', 'secrets')
  expect(err).toMatch(/1 type, 0 analysed, 1 unchanged/)
  expect(err).not.toContain('model call')
})

test('failures are printed with their cause, and --fail-on controls exit code 3', async () => {
  server.provider.configure({ faults: [{ kind: 'refusal', matching: 'CronJob' }] })
  const scan = (...more: string[]) => capstan('scan', '--full', 'cronjobs', 'jobs', ...more)
  const any = await scan()
  expect(any.code).toBe(3)
  expect(any.err).toMatch(/✖ cronjobs\.batch {2}refused/)
  expect(any.err).toMatch(/Failures: 1 × refused/)
  expect(any.err).toMatch(/Next: capstan retry scan_\w+ --failed/)
  expect((await scan('--fail-on', 'all')).code).toBe(0)
  expect((await scan('--fail-on', 'none')).code).toBe(0)
  server.provider.configure({ faults: [{ kind: 'refusal' }] })
  expect((await scan('--fail-on', 'all')).code).toBe(3)
})

test('retry runs all failed types, or the named ones, in the same scan', async () => {
  server.provider.configure({ faults: [{ kind: 'refusal' }] })
  const { code, out } = await capstan('scan', '--full', '*.batch', '-o', 'name')
  expect(code).toBe(3)
  const id = out.trim()
  server.provider.configure({})
  const one = await capstan('retry', id, 'jobs.batch', '--wait', '-o', 'json')
  expect(one.code).toBe(3)
  expect(scanOf(one)).toMatchObject({ id, runAttempt: 2, progress: { succeeded: 1, failed: 1 } })
  const rest = await capstan('retry', id, '--failed', '--wait')
  expect(rest.code).toBe(0)
  expect(rest.err).toMatch(/Retrying 1 type in scan_\w+ \(run 3\)/)
  const none = await capstan('retry', id)
  expect(none).toMatchObject({ code: 0, out: '' })
  expect(none.err).toContain('has failed')
})

test('--dry-run shows each type and the cost, and starts nothing', async () => {
  const scans = async () => (await capstan('get', 'scans', '-o', 'name')).out
  const before = await scans()
  const calls = server.provider.stats().calls
  const { code, out, err } = await capstan('scan', '--dry-run', '--full', 'pods', 'leases')
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toMatch(/^pods +analyze +\d+/m)
  expect(out).toContain('No model was called and nothing was stored.')
  const plan = await capstan('scan', '--dry-run', '--full', 'pods', '-o', 'json')
  expect(JSON.parse(plan.out)).toMatchObject({ total: 1, toAnalyze: 1 })
  const incremental = await capstan('scan', '--dry-run', 'pods', 'leases')
  expect(incremental.out).toMatch(
    /2 types, \d to analyze, \d curated, \d stored, \d unchanged, \d+ left out/,
  )
  expect(await scans()).toBe(before)
  expect(server.provider.stats().calls).toBe(calls)
})

test('a dry run summarizes unchanged types in one line, and -o wide lists them', async () => {
  await capstan('scan', 'configmaps', 'serviceaccounts')
  const plan = (...more: string[]) =>
    capstan('scan', '--dry-run', 'configmaps', 'serviceaccounts', 'limitranges', ...more)
  const { out } = await plan()
  expect(out).toMatch(/^limitranges +analyze/m)
  expect(out).not.toMatch(/^configmaps/m)
  expect(out).toMatch(/^2 unchanged types: not listed \(-o wide lists all\)$/m)
  expect((await plan('-o', 'wide')).out).toMatch(/^configmaps +unchanged/m)
})

test('--timeout exits with 6 while the scan continues, and watch attaches to it again', async () => {
  server.provider.configure(SLOW)
  const left = await capstan('scan', '--full', 'nodes', '--timeout', '3s')
  expect(left.code).toBe(6)
  expect(left.out).toBe('')
  const [, id = ''] = /capstan watch (scan_\w+)/.exec(left.err) ?? []
  expect(left.err).toContain(`capstan cancel ${id}`)
  const watching = capstan('watch', 'latest', '-o', 'name')
  expect((await capstan('cancel', id)).err).toContain('Canceled')
  expect(await watching).toMatchObject({ code: 3, out: `${id}\n` })
})

test('a second scan joins the running one, is rejected, or runs in parallel, depending on --on-conflict', async () => {
  server.provider.configure(SLOW)
  const first = (await capstan('scan', '--full', 'nodes', '--detach')).out.trim()
  const joined = await capstan('scan', '--full', 'nodes', '--detach')
  expect(joined.out.trim()).toBe(first)
  expect(joined.err).toContain('Joined the scan that token:boss has already started')
  const refused = await capstan('scan', 'nodes', '--on-conflict', 'reject')
  expect(refused).toMatchObject({ code: 2, out: '' })
  expect(refused.err).toContain(first)
  const beside = await capstan('scan', 'nodes', '--on-conflict', 'parallel', '--detach')
  expect(beside.out.trim()).not.toBe(first)
  for (const id of [first, beside.out.trim()]) await capstan('cancel', id)
})

test('pause, resume and cancel report their effect and are idempotent', async () => {
  server.provider.configure(SLOW)
  const started = await capstan('scan', '--full', '*.apps', '--detach', '-o', 'json')
  const { id } = scanOf(started)
  await until('a call', () => (server.provider.stats().inFlight > 0 ? true : undefined))
  const paused = await capstan('pause', id)
  expect(paused).toMatchObject({ code: 0, out: '' })
  expect(paused.err).toContain(`Resume: capstan resume ${id}`)
  expect((await capstan('pause', id)).err).toContain('was paused already')
  expect(scanOf(await capstan('resume', id, '-o', 'json'))).toMatchObject({ id, pause: null })
  const again = await capstan('resume', id)
  expect(again.code).toBe(0)
  expect(again.err).toContain('was running already')
  expect(await capstan('cancel', id)).toMatchObject({ code: 0 })
  expect((await capstan('watch', id)).err).toMatch(/■ scan_\w+ canceled/)
  const late = await capstan('pause', id)
  expect(late.code).toBe(2)
  expect(late.err).toMatch(/✖ .*\n {2}why: .*\n {2}fix: /)
})

test('Ctrl-C detaches from a scan, prints how to attach again, and exits with 130', async () => {
  server.provider.configure(SLOW)
  const watching = spawnCapstan(['scan', '--full', 'nodes'], server.client)
  await watching.waitForText('0/1')
  watching.kill('SIGINT')
  expect(await watching.ended).toBe(130)
  expect(watching.out()).toBe('')
  const [, id = ''] = /capstan watch (scan_\w+)/.exec(watching.err()) ?? []
  expect(scanOf(await capstan('describe', 'scan', id, '-o', 'json')).done).toBe(false)
  await capstan('cancel', id)
})

test('a budget pauses a scan before it is exceeded, and a higher budget resumes it', async () => {
  const started = await capstan(
    'scan',
    '--full',
    'pods',
    '--max-tokens',
    '1',
    '--detach',
    '-o',
    'json',
  )
  const { id } = scanOf(started)
  await until('the pause', async () => {
    const { status } = scanOf(await capstan('describe', 'scan', id, '-o', 'json'))
    return status === 'paused' ? true : undefined
  })
  const refused = await capstan('resume', id)
  expect(refused.code).not.toBe(0)
  expect(refused.err).toContain('budget')
  expect((await capstan('resume', id, '--max-tokens', '1000000')).code).toBe(0)
  const ended = await capstan('watch', id, '-o', 'json')
  expect(scanOf(ended)).toMatchObject({ status: 'succeeded', budget: { maxTokens: 1_000_000 } })
})

test.each(['0', '-1', 'lots', '1e9'])('--max-cost rejects %s', async (usd) => {
  const { code, err } = await capstan('scan', '--max-cost', usd)
  expect(code).toBe(2)
  expect(err).toContain('dollars')
})
