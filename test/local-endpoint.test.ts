import { expect, test } from 'vitest'
import { writeCrdFolder } from '@capstan/testkit/crd-folder'
import { serveLocalModels, testModelServer } from '@capstan/testkit/model-server'
import { testRedis } from '@capstan/testkit/redis'
import { startTestStack, temporaryFolder, type TestStack } from './test-stack.ts'

/** A real API and worker with a base URL and no key. */
async function startLocal(worker: Record<string, string>): Promise<TestStack> {
  const { url, keys } = testRedis()
  const folder = await temporaryFolder()
  await writeCrdFolder(folder, 3)
  return startTestStack({
    environment: { REDIS_URL: url, CAPSTAN_REDIS_PREFIX: keys.prefix },
    api: { CAPSTAN_CLUSTER_FILES: folder },
    worker: { OPENAI_API_KEY: '', ANTHROPIC_API_KEY: ' ', OPENAI_LIMITS: '', ...worker },
  })
}

test('with only OPENAI_BASE_URL set, a scan is answered by the model of that endpoint without a key', async () => {
  const server = await testModelServer(serveLocalModels(['qwen3:8b', 'nomic-embed-text']))
  const stack = await startLocal({ OPENAI_BASE_URL: `${server.url}/v1` })
  const scan = await stack.settled(await stack.scan({ mode: 'full' }))
  expect(scan).toMatchObject({ status: 'succeeded', provider: 'openai', model: 'qwen3:8b' })
  expect(scan.demo).toBe(false)
  for (const { headers } of server.requests) {
    expect(Object.keys(headers)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/authorization|api-key/)]),
    )
  }
  const check = await stack.ask('/api/v1/providers/openai/test', { json: {} })
  expect(check.status).toBe(200)
  const shown = (await (await stack.ask('/api/v1/providers/openai')).json()) as object
  expect(shown).toMatchObject({
    default: true,
    models: ['qwen3:8b'],
    endpoints: [`${server.url}/v1`],
    problem: null,
  })
  // Concurrency starts low, because a local server handles few calls at a time.
  expect(shown).toMatchObject({
    accounts: [{ concurrency: { limit: expect.any(Number) as number } }],
  })
})

test('with several models a scan must name one, and the error lists them', async () => {
  const server = await testModelServer(serveLocalModels(['a', 'b']))
  const stack = await startLocal({ OPENAI_BASE_URL: `${server.url}/v1` })
  const refused = await stack.ask('/api/v1/scans', { json: {} })
  expect(refused.status).toBe(422)
  expect(await refused.json()).toMatchObject({
    code: 'PROVIDER_NOT_CONFIGURED',
    detail: `No model of openai is selected: ${server.url}/v1 has 2 models: a, b`,
    hint: 'Set CAPSTAN_MODEL to one of them, or name `model` in each scan.',
  })
  const untested = await stack.ask('/api/v1/providers/openai/test', { json: {} })
  expect(untested.status).toBe(422)
  const scan = await stack.settled(await stack.scan({ mode: 'full', model: 'b' }))
  expect(scan).toMatchObject({ status: 'succeeded', provider: 'openai', model: 'b' })
})

test('an Azure deployment answers scans of its own name, and scans of another model are rejected', async () => {
  const chat = serveLocalModels(['my-gpt'])
  const server = await testModelServer((request) => {
    const { pathname, searchParams } = new URL(request.path, 'http://x')
    const isRight =
      pathname === '/openai/deployments/my-gpt/chat/completions' &&
      searchParams.get('api-version') === '2024-10-21' &&
      request.headers['api-key'] === 'azure-key' &&
      request.headers.authorization === undefined
    return isRight ? chat({ ...request, path: '/v1/chat/completions' }) : { status: 401, body: {} }
  })
  const stack = await startLocal({
    OPENAI_BASE_URL: `${server.url}/openai/deployments/my-gpt`,
    OPENAI_API_VERSION: '2024-10-21',
    OPENAI_API_KEY: 'azure-key',
  })
  const scan = await stack.settled(await stack.scan({ mode: 'full' }))
  expect(scan).toMatchObject({ status: 'succeeded', model: 'my-gpt' })
  const other = await stack.settled(await stack.scan({ mode: 'full', model: 'gpt-else' }))
  expect(other).toMatchObject({ status: 'paused' })
  expect(other.pause?.problem?.title).toContain('bound to one deployment')
})
