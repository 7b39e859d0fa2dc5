import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Scan } from '@capstan/shared/contract/scan/scan'
import { ScanPlan } from '@capstan/shared/contract/scan/scan-plan'
import { until } from '@capstan/testkit/until'
import { runCapstan, type CommandResult } from './run-capstan.ts'
import { startCliTestServer, TOKEN, type CliTestServer } from './start-server.ts'

let server: CliTestServer
const capstan = (...args: string[]): Promise<CommandResult> =>
  runCapstan(args, { environment: server.client })
const ask = (path: string): Promise<Response> =>
  fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${TOKEN}` } })

/** Costs $2 per million input tokens and $10 per million output tokens. */
const APPS = ['*.apps', '--model', 'claude-sonnet-5']

beforeAll(async () => {
  server = await startCliTestServer({}, { CAPSTAN_BATCH_POLL_MS: '50' })
})
beforeEach(() => server.provider.configure({}))
afterAll(() => server.close())

test('scan --batch uses the batch API at half the price, and a dry run shows that price', async () => {
  const planOf = async (...more: string[]): Promise<ScanPlan> => {
    const ran = await capstan('scan', ...APPS, '--dry-run', '-o', 'json', ...more)
    return ScanPlan.parse(JSON.parse(ran.out))
  }
  const [calls, batch] = [await planOf(), await planOf('--batch')]
  expect(batch.estimate.costUsd?.expected).toBeCloseTo((calls.estimate.costUsd?.expected ?? 0) / 2)
  expect(calls.estimate.costUsd?.expected).toBeGreaterThan(0)
  const ran = await capstan('scan', ...APPS, '--batch', '-o', 'json')
  expect(ran.code, ran.err).toBe(0)
  const scan = Scan.parse(JSON.parse(ran.out))
  expect(scan).toMatchObject({ status: 'succeeded', execution: 'batch', throttle: null })
  expect(scan.usage.calls).toBe(scan.progress.total)
  const { inputTokens, outputTokens } = scan.usage
  expect(scan.usage.costUsd).toBeCloseTo((inputTokens * 2 + outputTokens * 10) / 2e6, 4)
})

test('while a batch runs, its scan shows what it waits for and until when, and the metrics count it', async () => {
  server.provider.configure({ batches: { processingMs: 600_000 } })
  const started = await capstan('scan', '*.batch', '--full', '--batch', '--detach', '-o', 'name')
  const id = started.out.trim()
  const waiting = await until('a batch at the provider', async () => {
    const scan = Scan.parse(await (await ask(`/api/v1/scans/${id}`)).json())
    return scan.throttle ? scan : undefined
  })
  const types = waiting.progress.total
  expect(waiting.throttle).toMatchObject({
    account: 'anthropic',
    because: expect.stringContaining(`${types} requests in its batch API since`) as string,
  })
  const leftMs = Date.parse(waiting.throttle?.until ?? '') - Date.now()
  expect(leftMs).toBeGreaterThan(23 * 3_600_000)
  expect(waiting.eta.seconds).toBeNull()
  const metrics = await (await ask('/metrics')).text()
  expect(metrics).toMatch(/^capstan_batches_open 1$/m)
  expect(metrics).toContain(`capstan_batch_requests{state="submitted"} ${types}`)
  expect(metrics).toMatch(/^capstan_batch_oldest_age_seconds [\d.]+$/m)
  expect((await capstan('cancel', id)).code).toBe(0)
  await until('metrics without the batch', async () => {
    const text = await (await ask('/metrics')).text()
    return /^capstan_batches_open 0$/m.test(text) ? true : undefined
  })
})
