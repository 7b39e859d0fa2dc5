import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import type { StartedScan } from '@capstan/shared/contract/scan/started-scan'
import { startProcess } from '@capstan/testkit/start-process'
import { until } from '@capstan/testkit/until'
import { runCapstan, spawnCapstan, type CommandResult } from './run-capstan.ts'
import { startCliTestServer, type CliTestServer } from './start-server.ts'

let server: CliTestServer
const capstan = (...args: string[]): Promise<CommandResult> =>
  runCapstan(args, { environment: server.client })
const scanOf = ({ out }: CommandResult): StartedScan => JSON.parse(out) as StartedScan

beforeAll(async () => {
  server = await startCliTestServer({}, {}, startProcess)
})
beforeEach(() => server.provider.configure({}))
afterAll(() => server.close())

const TYPES = ['jobs.batch', 'cronjobs.batch', 'deployments.apps', 'daemonsets.apps']

/** A running, planned scan of four types. The call for daemonsets.apps waits for `release`. */
async function runningScan(): Promise<{ id: string; release: () => void }> {
  const release = server.provider.hold({ matching: 'DaemonSet' })
  const { out } = await capstan('scan', '--full', ...TYPES, '--detach', '-o', 'name')
  const id = out.trim()
  onTestFinished(async () => {
    release()
    await capstan('cancel', id)
  })
  await until('the held call', async () => {
    const scan = scanOf(await capstan('describe', 'scan', id, '-o', 'json'))
    return scan.progress.total === TYPES.length && scan.progress.finished === 3 ? true : undefined
  })
  return { id, release }
}

const isDone = async (id: string): Promise<boolean> =>
  scanOf(await capstan('describe', 'scan', id, '-o', 'json')).done

test('joining a larger scan waits only for the requested types and names the joined scan and the reason', async () => {
  const { id } = await runningScan()
  const joined = await capstan('scan', '--full', 'jobs', 'deployments')
  expect(joined).toMatchObject({ code: 0, out: '' })
  expect(joined.err).toContain(`Joined the scan that token:boss has already started: ${id}`)
  expect(joined.err).toContain('contains all 2 requested types')
  expect(joined.err).toContain('It has 4 types; only the 2 requested count here.')
  expect(joined.err).toContain(`✔ ${id} succeeded: 2 requested types, 2 analysed`)
  expect(joined.err).not.toContain('model call')
  expect(await isDone(id)).toBe(false)
})

test('joining a scan for many of its types reads them page by page', async () => {
  const release = server.provider.hold({ matching: 'DaemonSet' })
  const id = (await capstan('scan', '--full', '--detach', '-o', 'name')).out.trim()
  onTestFinished(async () => {
    release()
    await capstan('cancel', id)
  })
  await until('the plan', async () => {
    const scan = scanOf(await capstan('describe', 'scan', id, '-o', 'json'))
    return scan.progress.total ?? undefined
  })
  const scan = scanOf(await capstan('scan', '--full', '--exclude', 'daemonsets', '-o', 'json'))
  expect(scan).toMatchObject({ id, done: true, status: 'succeeded', joined: { because: 'covers' } })
  expect(scan.progress.total).toBe(scan.joined?.types)
  expect(scan.progress.succeeded).toBeGreaterThan(50)
  expect(await isDone(id)).toBe(false)
})

test('failures of types that were not requested affect neither output nor exit code of a joined scan', async () => {
  server.provider.configure({ faults: [{ kind: 'refusal', matching: 'CronJob' }] })
  const { id } = await runningScan()
  const other = await capstan('scan', '--full', 'jobs')
  expect(other.code).toBe(0)
  expect(other.err).not.toContain('cronjobs')
  const join = (...more: string[]) => capstan('scan', '--full', 'jobs', 'cronjobs', ...more)
  const own = await join()
  expect(own.code).toBe(3)
  expect(own.err).toContain(`! ${id} partial: 2 requested types, 1 analysed, 1 failed`)
  expect(own.err).toContain('Failures: 1 × refused')
  expect(own.err).toMatch(/cronjobs\.batch +refused/)
  expect((await join('--fail-on', 'all')).code).toBe(0)
  expect((await join('--fail-on', 'none')).code).toBe(0)
  expect((await capstan('scan', '--full', 'cronjobs', '--fail-on', 'all')).code).toBe(3)
})

test('-o json of a joined scan has the progress of the requested types and the reason for joining', async () => {
  const { id } = await runningScan()
  const scan = scanOf(await capstan('scan', '--full', 'jobs', '-o', 'json'))
  expect(scan).toMatchObject({
    id,
    status: 'succeeded',
    done: true,
    progress: { total: 1, succeeded: 1, running: 0, percent: 100 },
    joined: { because: 'covers', types: 1, resources: ['jobs.batch'] },
  })
})

test('joining a scan waits for a running type across an API restart', async () => {
  const { id, release } = await runningScan()
  const waiting = spawnCapstan(['scan', '--full', 'daemonsets', 'jobs'], server.client)
  await waiting.waitForText('1/2')
  await server.killApi()
  await waiting.waitForText('↻ no connection')
  await server.startApi()
  await waiting.waitForText('↻ connected again')
  release()
  expect(await waiting.ended).toBe(0)
  expect(waiting.err()).toContain(`✔ ${id} succeeded: 2 requested types, 2 analysed`)
})

test('joining a scan ends when that scan is canceled, and prints the state of the requested types', async () => {
  const { id } = await runningScan()
  const waiting = spawnCapstan(['scan', '--full', 'daemonsets', 'jobs'], server.client)
  await waiting.waitForText('1/2')
  await capstan('cancel', id)
  expect(await waiting.ended).toBe(3)
  expect(waiting.err()).toContain(`■ ${id} canceled: 2 requested types, 1 analysed, 1 canceled`)
})

test('Ctrl-C and --timeout detach from a joined scan as from an own one', async () => {
  const { id } = await runningScan()
  const waiting = spawnCapstan(['scan', '--full', 'daemonsets'], server.client)
  await waiting.waitForText('0/1')
  waiting.kill('SIGINT')
  expect(await waiting.ended).toBe(130)
  expect(waiting.err()).toContain(`capstan watch ${id}`)
  const late = await capstan('scan', '--full', 'daemonsets', '--timeout', '1s')
  expect(late.code).toBe(6)
  expect(await isDone(id)).toBe(false)
})

test('joining with all types of a running scan waits for the end of that scan', async () => {
  const { id, release } = await runningScan()
  const waiting = spawnCapstan(['scan', '--full', ...TYPES], server.client)
  await waiting.waitForText('3/4')
  release()
  expect(await waiting.ended).toBe(0)
  expect(waiting.err()).toContain(`✔ ${id} succeeded: 4 types, 4 analysed`)
  expect(waiting.err()).toContain('model calls')
})

test('--concurrency is sent with the scan, and is refused together with --batch', async () => {
  const scan = scanOf(await capstan('scan', '--full', 'jobs', '--concurrency', '2', '-o', 'json'))
  expect(scan).toMatchObject({ concurrency: 2, status: 'succeeded' })
  const refused = await capstan('scan', '--batch', '--concurrency', '2')
  expect(refused.code).toBe(2)
  expect(refused.err).toContain('concurrency')
  expect((await capstan('scan', '--concurrency', '0')).code).toBe(2)
})

test('discard marks failed types of a finished scan as skipped and prints what remains', async () => {
  server.provider.configure({ faults: [{ kind: 'refusal' }] })
  const { out } = await capstan('scan', '--full', 'jobs', 'cronjobs', '-o', 'name')
  const id = out.trim()
  const one = await capstan('discard', id, 'jobs.batch', '-o', 'json')
  expect(one.code).toBe(0)
  expect(one.err).toContain(`Discarded 1 failed type of ${id}. Its status is now partial.`)
  expect(scanOf(one)).toMatchObject({ progress: { skipped: 1, failed: 1 } })
  const wrong = await capstan('discard', id, 'pods')
  expect(wrong.code).toBe(2)
  expect(wrong.err).toContain('pods')
  expect((await capstan('discard', id)).err).toContain('Its status is now succeeded.')
  const again = await capstan('discard', id)
  expect(again).toMatchObject({ code: 0, out: '' })
  expect(again.err).toContain('had no failed types to discard')
  expect((await capstan('watch', id)).err).toContain('2 discarded')
})
