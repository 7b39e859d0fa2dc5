import { expect, test as base } from 'vitest'
import { openDialectMemory } from '@capstan/limits/dialects/dialect-memory'
import type { Dialect } from '@capstan/shared/inference/dialect'
import { FULL_DIALECT } from '@capstan/shared/inference/full-dialect'
import { makeDefinition } from '@capstan/testkit/make-definition'
import { openScanRig, type ScanRig } from '@capstan/testkit/scan-rig'
import { until } from '@capstan/testkit/until'
import { startOddProvider, type OddBody, type OddProvider, type OddRule } from './odd-provider.ts'
import { runWorker, spawnWorker } from './run-worker.ts'

// These tests mostly wait, so they run at the same time.
const test = base.concurrent

const KEY = { account: 'openai', model: 'm' }
const ROUTE = { provider: 'openai', model: 'm' } as const
const JSON_OBJECT: Dialect = { ...FULL_DIALECT, output: 'json_object' }

const isSchema = (body: OddBody): boolean => JSON.stringify(body).includes('"json_schema"')
const noSchemas: OddRule = (body) =>
  isSchema(body)
    ? { status: 400, body: { error: { message: 'This response_format type is unavailable now' } } }
    : undefined

const settingsFor = ({ url }: OddProvider, change: Record<string, string> = {}) => ({
  OPENAI_API_KEY: 'sk-test-0123456789',
  OPENAI_BASE_URL: `${url}/v1`,
  ...change,
})

const types = (count: number, name = 'Type') =>
  Array.from({ length: count }, (_, index) => makeDefinition(`${name}${index}`))

const memoryOf = ({ redis, keys }: ScanRig) => openDialectMemory(redis, keys)

async function learn(rig: ScanRig, dialect: Dialect, ageMs = 0): Promise<void> {
  await memoryOf(rig).store(KEY, 'test', { state: 'learned', dialect, refusals: 0 })
  const field = JSON.stringify([KEY.account, KEY.model])
  const entry = JSON.parse((await rig.redis.hget(rig.keys.dialects, field)) ?? '') as object
  const atMs = Date.now() - ageMs
  await rig.redis.hset(rig.keys.dialects, field, JSON.stringify({ ...entry, atMs }))
}

async function scanned(rig: ScanRig, count: number, name?: string) {
  return rig.ended(await rig.scan(types(count, name), ROUTE))
}

test('a server that stops supporting schemas gets another dialect after one refused call', async () => {
  const rig = openScanRig()
  const odd = await startOddProvider(() => undefined)
  await runWorker(rig, undefined, settingsFor(odd, { CAPSTAN_CONCURRENCY: '1' }))
  expect(await scanned(rig, 3, 'Before')).toMatchObject({ usage: { calls: 3 } })
  odd.change(noSchemas)
  const scan = await scanned(rig, 20, 'After')
  expect(scan).toMatchObject({ status: 'succeeded', usage: { calls: 21 } })
  expect(await memoryOf(rig).list([KEY])).toMatchObject([JSON_OBJECT])
})

test('each call in flight when a server changes is refused at most once', async () => {
  const rig = openScanRig()
  const odd = await startOddProvider(() => undefined)
  await runWorker(rig, undefined, settingsFor(odd, { CAPSTAN_CONCURRENCY: '8' }))
  await scanned(rig, 8, 'Before')
  odd.change(noSchemas)
  const scan = await scanned(rig, 40, 'After')
  expect(scan).toMatchObject({ status: 'succeeded', progress: { succeeded: 40 } })
  expect(odd.calls.filter(({ status }) => status === 400).length).toBeLessThanOrEqual(8)
})

test('a refusal without a reason by an endpoint that has answered before starts no negotiation', async () => {
  const rig = openScanRig()
  const odd = await startOddProvider(() => undefined)
  await runWorker(rig, undefined, settingsFor(odd))
  await scanned(rig, 2, 'Before')
  odd.change(() => ({ status: 400, body: {} }))
  const scan = await scanned(rig, 3, 'After')
  expect(scan).toMatchObject({ progress: { failed: 3 }, usage: { calls: 3 } })
  expect(await memoryOf(rig).list([KEY])).toMatchObject([FULL_DIALECT])
})

test('an endpoint that refuses all calls without a reason costs three additional calls, and its first error is reported', async () => {
  const rig = openScanRig()
  const odd = await startOddProvider((_, call) => {
    const isFirst = odd.calls.indexOf(call) === 0
    return { status: 400, body: { error: { message: isFirst ? 'the first refusal' : 'no' } } }
  })
  await runWorker(rig, undefined, settingsFor(odd, { CAPSTAN_CONCURRENCY: '1' }))
  const scanId = await rig.scan(types(4), ROUTE)
  const item = await until('the first failed attempt', async () => {
    const read = await rig.journal.item(scanId, 'type0s.example.com')
    return read?.attempts.some(({ problem }) => problem) ? read : undefined
  })
  expect(item.attempts[0]?.problem?.title).toContain('the first refusal')
  // The same refusal again and again is a matter of settings.
  const scan = await until('the pause', async () => {
    const read = await rig.journal.scan(scanId)
    return read?.status === 'paused' ? read : undefined
  })
  expect(scan.pause?.problem?.title).toContain('refused the request (400)')
  expect(odd.calls.length).toBeLessThanOrEqual(3 + 6)
  expect(await memoryOf(rig).list([KEY])).toEqual([undefined])
})

test.each([
  ['is rate-limited', { status: 429, headers: { 'retry-after': '1' }, body: {} }],
  ['meets an outage', { status: 500, body: { error: 'Internal Server Error' } }],
  ['meets an overload', { status: 503, body: {} }],
])('a negotiation that %s is continued at its last dialect', async (_, answer) => {
  const rig = openScanRig()
  const odd = await startOddProvider((body, call) =>
    odd.calls.indexOf(call) === 1 ? answer : noSchemas(body, call),
  )
  await runWorker(rig, undefined, settingsFor(odd))
  const scan = await scanned(rig, 12)
  expect(scan).toMatchObject({ status: 'succeeded', usage: { calls: 12 + 2 } })
  expect(odd.calls.map(({ status }) => status).slice(0, 2)).toEqual([400, answer.status])
  // The refused dialect is not tried a second time.
  expect(odd.calls.filter(({ body }) => isSchema(body))).toHaveLength(1)
})

test('a killed negotiator delays the other calls until its lease expires, and the next one continues at its last dialect', async () => {
  const rig = openScanRig()
  const locks = { CAPSTAN_LOCK_MS: '1500', CAPSTAN_STALLED_MS: '500' }
  const held = Promise.withResolvers<undefined>()
  const odd = await startOddProvider(async (body, call) =>
    odd.calls.indexOf(call) === 1 ? held.promise : noSchemas(body, call),
  )
  const settings = settingsFor(odd, locks)
  const victim = await spawnWorker(rig, undefined, settings)
  const scanId = await rig.scan(types(6), ROUTE)
  await until('the second call', () => (odd.calls.length === 2 ? true : undefined))
  await victim.stop('SIGKILL')
  await runWorker(rig, undefined, settings)
  const scan = await rig.ended(scanId)
  held.resolve(undefined)
  expect(scan).toMatchObject({ status: 'succeeded', progress: { succeeded: 6 } })
  // One refused, one lost with its worker, and one a type.
  expect(odd.calls).toHaveLength(1 + 1 + 6)
  expect(odd.calls.filter(({ body }) => isSchema(body))).toHaveLength(1)
})

test('a dialect that is a week old is renewed by one call while the others use it', async () => {
  const rig = openScanRig()
  await learn(rig, JSON_OBJECT, 8 * 86_400_000)
  const held = Promise.withResolvers<undefined>()
  const odd = await startOddProvider((body) => (isSchema(body) ? held.promise : undefined))
  await runWorker(rig, undefined, settingsFor(odd))
  const scanId = await rig.scan(types(20), ROUTE)
  await until('the answers in the old dialect', async () => {
    const scan = await rig.journal.scan(scanId)
    return scan?.progress.succeeded === 19 ? true : undefined
  })
  held.resolve(undefined)
  expect(await rig.ended(scanId)).toMatchObject({ status: 'succeeded', usage: { calls: 20 } })
  expect(odd.calls.filter(({ body }) => isSchema(body))).toHaveLength(1)
  expect(await memoryOf(rig).list([KEY])).toMatchObject([FULL_DIALECT])
})

test('a refused probe of the full dialect costs one call and keeps the learned dialect', async () => {
  const rig = openScanRig()
  await learn(rig, JSON_OBJECT, 8 * 86_400_000)
  const odd = await startOddProvider(noSchemas)
  await runWorker(rig, undefined, settingsFor(odd))
  expect(await scanned(rig, 20)).toMatchObject({ status: 'succeeded', usage: { calls: 21 } })
  const [learned] = await memoryOf(rig).list([KEY])
  expect(learned).toMatchObject(JSON_OBJECT)
  expect(Date.now() - Date.parse(learned?.learnedAt ?? '')).toBeLessThan(86_400_000)
})

test('two accounts of one provider have a dialect each', async () => {
  const rig = openScanRig()
  const [plain, odd] = [await startOddProvider(() => undefined), await startOddProvider(noSchemas)]
  const accounts = [plain, odd].map(({ url }, index) => ({
    name: `account-${index}`,
    provider: 'openai',
    apiKey: 'sk-test-0123456789',
    baseUrl: `${url}/v1`,
    limits: 'concurrency=2',
  }))
  await runWorker(rig, undefined, { CAPSTAN_ACCOUNTS: JSON.stringify(accounts) })
  const scan = await scanned(rig, 30)
  expect(scan).toMatchObject({ status: 'succeeded', usage: { calls: 31 } })
  expect(
    await memoryOf(rig).list([
      { account: 'account-0', model: 'm' },
      { account: 'account-1', model: 'm' },
    ]),
  ).toMatchObject([FULL_DIALECT, JSON_OBJECT])
})
