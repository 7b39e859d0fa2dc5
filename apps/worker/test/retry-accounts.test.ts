import { expect, test as base } from 'vitest'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { openEndpointHealth } from '@capstan/limits/health/endpoint-health'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { openScanRig, type ScanRig } from '@capstan/testkit/scan-rig'
import { until } from '@capstan/testkit/until'
import { startOddProvider, type OddCall, type OddProvider, type OddRule } from './odd-provider.ts'
import { runWorker } from './run-worker.ts'

// These tests mostly wait, so they run at the same time.
const test = base.concurrent

const ROUTE = { provider: 'openai', model: 'local-model' } as const

const types = (count: number, name = 'Type') =>
  Array.from({ length: count }, (_, index) => makeDefinition(`${name}${index}`))

/** As a web server does that knows no path of a model. */
const misplaced: OddRule = () => ({ status: 200, body: { error: 'Nothing to see here.' } })
const good: OddRule = () => undefined

interface Attempt {
  type: string
  account: string
}

/** A worker with an account at each of these servers, in this order, and all calls in the order of their arrival. */
async function openAccounts(rig: ScanRig, rules: Record<string, OddRule>) {
  const attempts: Attempt[] = []
  const servers = new Map<string, OddProvider>()
  for (const [account, rule] of Object.entries(rules)) {
    const noted: OddRule = (body, call) => {
      attempts.push({ type: readType(call), account })
      return rule(body, call)
    }
    servers.set(account, await startOddProvider(noted))
  }
  const [first, ...others] = servers
  const settings = {
    OPENAI_API_KEY: 'sk-test-0123456789',
    OPENAI_BASE_URL: `${first?.[1].url}/v1`,
    CAPSTAN_CONCURRENCY: '4',
    CAPSTAN_ACCOUNTS: JSON.stringify(
      others.map(([name, { url }]) => ({
        name,
        provider: 'openai',
        apiKey: `sk-${name}-0123456789`,
        baseUrl: `${url}/v1`,
      })),
    ),
  }
  const run = () => runWorker(rig, undefined, settings)
  return { attempts, servers, run, worker: await run() }
}

function readType({ prompt }: OddCall): string {
  return /Makes (\w+) objects/.exec(prompt)?.[1] ?? 'none'
}

/** Attempts of a type at the account where its attempt before failed. */
function findRepeats(attempts: Attempt[]): Attempt[] {
  const last = new Map<string, string>()
  return attempts.filter(({ type, account }) => {
    const isRepeat = last.get(type) === account
    last.set(type, account)
    return isRepeat
  })
}

function succeeded(scan: Scan, count: number): void {
  expect(scan).toMatchObject({ status: 'succeeded', progress: { succeeded: count } })
}

test.each<[string, Record<string, OddRule>]>([
  ['the second of two accounts', { first: good, second: misplaced }],
  ['the first of two accounts', { first: misplaced, second: good }],
  ['the first two of three accounts', { first: misplaced, second: misplaced, third: good }],
  ['the last two of three accounts', { first: good, second: misplaced, third: misplaced }],
])(
  'with %s misconfigured, no type fails and no retry goes to the account that failed before',
  async (_, rules) => {
    const rig = openScanRig()
    const { attempts } = await openAccounts(rig, rules)
    succeeded(await rig.ended(await rig.scan(types(40), ROUTE)), 40)
    expect(attempts.length).toBeGreaterThanOrEqual(40)
    expect(new Set(attempts.map(({ type }) => type)).size).toBe(40)
    expect(findRepeats(attempts)).toEqual([])
  },
)

test('a misconfigured account pauses no scan before the first answer of the other account', async () => {
  const rig = openScanRig()
  const released = Promise.withResolvers<undefined>()
  await openAccounts(rig, { first: misplaced, second: () => released.promise })
  const scanId = await rig.scan(types(20), ROUTE)
  const health = openEndpointHealth(rig.redis, rig.keys)
  await until('the verdict on the first account', async () => {
    const { verdict } = await health.read({ ...ROUTE, account: 'openai' })
    return verdict === 'misconfigured' || undefined
  })
  released.resolve(undefined)
  succeeded(await rig.ended(scanId), 20)
  const { events } = await rig.journal.events(scanId, 0, 1_000)
  expect(events.map(({ type }) => type)).not.toContain('scan.paused')
})

test('a scan pauses when all accounts are misconfigured', async () => {
  const rig = openScanRig()
  await openAccounts(rig, { first: misplaced, second: misplaced })
  const scanId = await rig.scan(types(20), ROUTE)
  const scan = await until('the pause', async () => {
    const found = await rig.journal.scan(scanId)
    return found?.status === 'paused' ? found : undefined
  })
  expect(scan.pause?.problem?.hint).toMatch(/base URL|OPENAI_BASE_URL|CAPSTAN_ACCOUNTS/)
  expect(scan.progress.failed).toBe(0)
})

test('calls go to a misconfigured account again after its server is repaired', async () => {
  const rig = openScanRig()
  const { attempts, servers, run, worker } = await openAccounts(rig, {
    first: good,
    second: misplaced,
  })
  succeeded(await rig.ended(await rig.scan(types(40), ROUTE)), 40)
  await worker.stop()
  const seen = attempts.length
  servers.get('second')?.change((body, call) => {
    attempts.push({ type: readType(call), account: 'repaired' })
    return good(body, call)
  })
  await run()
  await until('an answer of the repaired account', async () => {
    succeeded(await rig.ended(await rig.scan(types(4, `Round${attempts.length}x`), ROUTE)), 4)
    return attempts.slice(seen).some(({ account }) => account === 'repaired') || undefined
  })
})
