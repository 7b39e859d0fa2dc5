import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test as base } from 'vitest'
import { testClusterSim } from '@capstan/testkit/cluster-sim'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { testRedis } from '@capstan/testkit/redis'
import { until } from '@capstan/testkit/until'
import { onTestFinished } from '@capstan/testkit/on-test-finished'
import { readRedis } from './read-redis.ts'
import { startTestStack, temporaryFile, type TestStack } from './test-stack.ts'

// These tests mostly wait, so they run at the same time.
const test = base.concurrent

const DAY_MS = 86_400_000

interface Account {
  model: string
  paused: { reason: string } | null
  breaker: { state: string; reason: string | null }
  until: string | null
}

/** An API and a worker with one slot, with `provider` as its OpenAI endpoint. */
async function start(provider: string, apiKey: string): Promise<TestStack> {
  const { url, keys } = testRedis()
  const cluster = await testClusterSim()
  return startTestStack({
    environment: { REDIS_URL: url, CAPSTAN_REDIS_PREFIX: keys.prefix },
    api: { KUBECONFIG: await temporaryFile('kubeconfig', cluster.kubeconfig) },
    worker: { OPENAI_API_KEY: apiKey, OPENAI_BASE_URL: provider, CAPSTAN_CONCURRENCY: '1' },
  })
}

async function accountOf({ ask }: TestStack, model: string): Promise<Account | undefined> {
  const answer = (await (await ask('/api/v1/providers/openai')).json()) as { accounts: Account[] }
  return answer.accounts.find((account) => account.model === model)
}

function paused(stack: TestStack, model: string): Promise<Account> {
  return until(`the pause of ${model}`, async () => {
    const account = await accountOf(stack, model)
    return account?.paused ? account : undefined
  })
}

test("a pause of one day is shown by GET /providers and by the scan with the provider's message, until it is ended", async () => {
  const sim = await testProviderSim({
    faults: [{ kind: 'rate-limited', retryAfter: DAY_MS / 1_000, times: 1 }],
  })
  const stack = await start(`${sim.url}/v1`, 'sk-0123456789abcdef')
  const model = 'gpt-of-the-scan'
  const id = await stack.scan({ provider: 'openai', model, include: ['deployments.apps'] })
  const account = await paused(stack, model)
  const words = /^OpenAI rate-limited the call \(429\): Rate limit reached/
  expect(account.paused?.reason).toMatch(words)
  expect(Date.parse(account.until ?? '')).toBeGreaterThan(Date.now() + DAY_MS - 600_000)
  const throttle = await until(
    'the pause in the scan',
    async () => (await stack.read(id)).throttle ?? undefined,
  )
  expect(throttle).toMatchObject({ account: 'openai', because: account.paused?.reason })
  const response = await stack.ask('/api/v1/providers/openai/resume', { json: { model } })
  expect(await response.json()).toMatchObject({
    data: [{ account: 'openai', model, reason: account.paused?.reason, until: account.until }],
  })
  expect(await accountOf(stack, model)).toMatchObject({ paused: null, until: null })
})

test('a key that the provider quotes in its error never reaches Redis', async () => {
  // Does not look like any known key format.
  const canary = `canary-${randomBytes(12).toString('hex')}`
  const provider = createServer((_, response) => {
    const message = `Rate limit reached for requests per day on the key ${canary}`
    response
      .writeHead(429, { 'content-type': 'application/json', 'retry-after': '86400' })
      .end(JSON.stringify({ error: { message, type: 'requests', code: 'rate_limit_exceeded' } }))
  })
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    provider.closeAllConnections()
    provider.close()
  })
  const { port } = provider.address() as AddressInfo
  const stack = await start(`http://127.0.0.1:${port}/v1`, canary)
  const model = 'gpt-echo'
  await stack.scan({ provider: 'openai', model, include: ['deployments.apps'] })
  const account = await paused(stack, model)
  expect(account.paused?.reason).toContain('requests per day on the key [redacted]')
  const stored = [...(await readRedis(testRedis().url)).values()]
  expect(stored.some((text) => text.includes('on the key [redacted]'))).toBe(true)
  expect(stored.filter((text) => text.includes(canary))).toEqual([])
})
