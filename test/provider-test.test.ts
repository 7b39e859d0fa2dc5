import { expect, test } from 'vitest'
import { Problem } from '@capstan/shared/contract/problem'
import type { SimConfigInput } from '@capstan/provider-sim/sim-config'
import { testClusterSim } from '@capstan/testkit/cluster-sim'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { testRedis } from '@capstan/testkit/redis'
import { startTestStack, temporaryFile } from './test-stack.ts'

const KEY = 'sk-ant-canary-0123456789abcdef'
const SECOND = 'sk-ant-second-canary-0123456789'
const TOKENS = { boss: 'canary-boss-0123456789', reader: 'canary-reader-0123456789' }

/** A real API and worker with an Anthropic key, a second account and an OpenAI key. */
async function start(play: SimConfigInput = {}, worker: Record<string, string> = {}) {
  const [cluster, sim] = [await testClusterSim({ cluster: 'demo' }), await testProviderSim(play)]
  const { url, keys } = testRedis()
  const more = [{ name: 'eu', provider: 'anthropic', apiKey: SECOND, baseUrl: sim.url }]
  const stack = await startTestStack({
    environment: { REDIS_URL: url, CAPSTAN_REDIS_PREFIX: keys.prefix },
    token: TOKENS.boss,
    api: {
      KUBECONFIG: await temporaryFile('kubeconfig', cluster.kubeconfig),
      CAPSTAN_TOKEN: `boss:scan:${TOKENS.boss},reader:read:${TOKENS.reader}`,
    },
    worker: {
      ANTHROPIC_API_KEY: KEY,
      ANTHROPIC_BASE_URL: sim.url,
      OPENAI_API_KEY: KEY,
      OPENAI_BASE_URL: `${sim.url}/v1`,
      CAPSTAN_ACCOUNTS: JSON.stringify(more),
      ...worker,
    },
  })
  const check = async (id: string, json: object = {}) => {
    const response = await stack.ask(`/api/v1/providers/${id}/test`, { json })
    return { status: response.status, text: await response.text() }
  }
  return { sim, stack, check }
}

test('a provider test makes one call per key through its SDK, as a scan does, and stores nothing', async () => {
  const { sim, check } = await start()
  const asked = [
    ['anthropic', {}, 'anthropic'],
    ['anthropic', { account: 'eu', model: 'claude-haiku-4-5' }, 'eu'],
    ['openai', {}, 'openai'],
    // The account without a known dialect for this model goes first.
    ['anthropic', {}, 'eu'],
    ['anthropic', { account: 'anthropic' }, 'anthropic'],
  ] as const
  const dialect = { output: 'strict_schema', limit: 'max_tokens', system: 'system' }
  for (const [provider, body, account] of asked) {
    const { status, text } = await check(provider, body)
    expect({ status, body: JSON.parse(text) as unknown }).toMatchObject({
      status: 200,
      body: { ok: true, faults: [], provider, account, dialect, pricing: 'known', ...body },
    })
  }
  // Two requests make two calls.
  const calls = sim.calls()
  expect(calls.map(({ verdict }) => verdict)).toEqual(Array(5).fill('answered'))
  // The real prompt with a definition.
  expect(
    Math.min(
      ...calls.map(
        ({ inputTokens, cacheWriteTokens, cachedTokens }) =>
          inputTokens + cacheWriteTokens + cachedTokens,
      ),
    ),
  ).toBeGreaterThan(500)
  const demo = await check('demo')
  expect(JSON.parse(demo.text)).toMatchObject({ ok: true, demo: true, account: null, costUsd: 0 })
})

test('a provider test reports an invalid answer, which still counts as a good answer of its route', async () => {
  const { stack, check } = await start({
    faults: [{ kind: 'broken-text', model: 'claude-broken' }],
  })
  const { status, text } = await check('anthropic', {
    account: 'anthropic',
    model: 'claude-broken',
  })
  expect(status).toBe(200)
  const { ok, faults } = JSON.parse(text) as { ok: boolean; faults: string[] }
  expect(ok).toBe(false)
  expect(faults.length).toBeGreaterThan(0)
  expect((await check('anthropic', { account: 'anthropic' })).status).toBe(200)
  const view = (await (await stack.ask('/api/v1/providers/anthropic')).json()) as {
    accounts: { name: string; latencyMs: number | null; health: { state: string } | null }[]
  }
  const account = view.accounts.find(({ name }) => name === 'anthropic')
  expect(account?.health).toMatchObject({ state: 'answers', identical: 0, fault: null })
  // The call of a provider test has another size than the calls of scans.
  expect(account?.latencyMs).toBeNull()
})

const FAULTS = [
  ['auth', 'PROVIDER_AUTH', false],
  ['quota', 'PROVIDER_QUOTA', false],
  ['unknown-model', 'PROVIDER_MODEL_UNKNOWN', false],
  ['overloaded', 'PROVIDER_UNAVAILABLE', true],
  ['rate-limited', 'PROVIDER_UNAVAILABLE', true],
] as const

test('a refusal by the provider is reported by kind, without the key', async () => {
  const { sim, check } = await start({
    faults: FAULTS.map(([kind]) => ({ kind, model: `plays-${kind}` })),
  })
  for (const [kind, code, retryable] of FAULTS) {
    for (const provider of ['anthropic', 'openai']) {
      const { status, text } = await check(provider, { model: `plays-${kind}` })
      const problem = Problem.parse(JSON.parse(text))
      expect({ kind, status, problem }).toMatchObject({
        status: 502,
        problem: { code, retryable },
      })
      expect(problem.detail).toBeTruthy()
      expect(text).not.toContain('canary')
    }
  }
  expect(sim.stats().calls).toBe(2 * FAULTS.length)
})

test('a provider test keeps the limits of its account: without a permit it makes no call and states when one is possible', async () => {
  const { sim, check } = await start({}, { ANTHROPIC_LIMITS: 'rpm=1' })
  expect(await check('anthropic', { account: 'anthropic' })).toMatchObject({ status: 200 })
  const { status, text } = await check('anthropic', { account: 'anthropic' })
  expect({ status, problem: JSON.parse(text) as unknown }).toMatchObject({
    status: 502,
    problem: {
      code: 'PROVIDER_UNAVAILABLE',
      detail: expect.stringContaining('requests') as string,
    },
  })
  expect(sim.stats().calls).toBe(1)
})

test('a read-only token may not test a provider, and a provider without a worker is reported', async () => {
  const { stack, sim, check } = await start({}, { OPENAI_API_KEY: '' })
  const refused = await stack.ask('/api/v1/providers/anthropic/test', {
    json: {},
    headers: { authorization: `Bearer ${TOKENS.reader}` },
  })
  expect(refused.status).toBe(403)
  expect(await check('openai')).toMatchObject({ status: 422 })
  const unknown = await check('anthropic', { account: 'asia' })
  expect(unknown).toMatchObject({ status: 422 })
  expect(unknown.text).toContain('anthropic, eu')
  expect(await check('unknown')).toMatchObject({ status: 404 })
  expect(sim.stats().calls).toBe(0)
})
