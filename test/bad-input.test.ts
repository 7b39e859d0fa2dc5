import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text as readText } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { join } from 'node:path'
import { expect, test as base } from 'vitest'
import { Problem } from '@capstan/shared/contract/problem'
import { testClusterSim } from '@capstan/testkit/cluster-sim'
import { writeCrdFolder } from '@capstan/testkit/crd-folder'
import { COMPILE_CACHE } from '@capstan/testkit/compile-cache'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { testRedis } from '@capstan/testkit/redis'
import { until } from '@capstan/testkit/until'
import { onTestFinished } from '@capstan/testkit/on-test-finished'
import { makeKubeconfig, readSimToken } from './make-kubeconfig.ts'
import { readRedis } from './read-redis.ts'
import { startTestStack, temporaryFile, temporaryFolder, type TestStack } from './test-stack.ts'

// These tests mostly wait, so they run at the same time.
const test = base.concurrent

const KEY = 'sk-ant-0123456789abcdef'

/** A server that gives every request the same response. Returns its URL. */
function serve(status: number, body: string, type = 'application/json'): Promise<string> {
  return listen((_, response) => {
    response.writeHead(status, { 'content-type': type }).end(body)
  })
}

/** A server that responds 200 with a body computed from the request. */
function serveWith(answer: (body: string) => string): Promise<string> {
  return listen((request, response) => {
    const reply = async (): Promise<void> => {
      const body = answer(await readText(request))
      response.writeHead(200, { 'content-type': 'application/json' }).end(body)
    }
    reply().catch(() => response.destroy())
  })
}

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** An environment with its own Redis prefix. */
function ownRedis() {
  const { url, keys } = testRedis()
  return { url, keys, environment: { REDIS_URL: url, CAPSTAN_REDIS_PREFIX: keys.prefix } }
}

async function problemOf(response: Response): Promise<Problem> {
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/)
  const problem = Problem.strict().parse(await response.json())
  expect(problem.status).toBe(response.status)
  expect(problem.hint?.length ?? 0).toBeGreaterThan(10)
  return problem
}

/** No scan, job or lock: Redis holds only what a running API stores for itself. */
async function expectNothingStarted(
  { ask }: TestStack,
  { url, keys }: ReturnType<typeof ownRedis>,
): Promise<void> {
  expect(await (await ask('/api/v1/scans')).json()).toMatchObject({ data: [] })
  const names = [...(await readRedis(url)).keys()].filter((name) => name.startsWith(keys.prefix))
  const own =
    /:(?:rate-limit:|queue-events:|events:wake|workers?\b|providers:seen$|layout$|routes:job-sweeps$|bull:\w+:(?:meta|events|stalled-check|id)$|idempotency:|virtual-time|write-probe$)/
  expect(names.filter((name) => !own.test(name))).toEqual([])
}

test('an unusable cluster is rejected with a fix, starts nothing, and does not block other clusters', async () => {
  const folder = join(await temporaryFolder(), 'crds')
  await writeCrdFolder(folder, 3)
  const good = await testClusterSim({ cluster: folder })
  const refusing = await testClusterSim({ faults: { unauthorized: true } })
  const user = { token: 'any-token' }
  const cases = {
    unreachable: [{ server: 'http://127.0.0.1:1', user }, 'CLUSTER_UNREACHABLE', /network|kubectl/],
    'no credentials': [{ server: refusing.url, user }, 'CLUSTER_FORBIDDEN', /[Rr]enew the token/],
    forbidden: [{ server: await serve(403, '{}'), user }, 'CLUSTER_FORBIDDEN', /system:discovery/],
    login: [
      { server: await serve(200, '<html>', 'text/html'), user },
      'CLUSTER_UNREACHABLE',
      /proxy/,
    ],
    garbage: [{ server: await serve(200, '{"items":7}'), user }, 'CLUSTER_UNREACHABLE', /proxy/],
    broken: [
      { server: await serve(500, 'oops'), user },
      'CLUSTER_UNREACHABLE',
      /kubectl get --raw/,
    ],
    plugin: [
      { server: good.url, user: { exec: { command: 'steal-keys' } } },
      'CLUSTER_MISCONFIGURED',
      /CAPSTAN_ALLOW_EXEC/,
    ],
    unencrypted: [{ server: 'http://10.0.0.1', user }, 'CLUSTER_MISCONFIGURED', /https/],
    nonsense: [{ server: 'file:///etc/passwd', user }, 'CLUSTER_MISCONFIGURED', /https:/],
  } as const
  const contexts = Object.entries(cases).map(([name, [context]]) => [name, context] as const)
  const works = { server: good.url, user: { token: readSimToken(good) } }
  const kubeconfig = makeKubeconfig({ works, ...Object.fromEntries(contexts) })
  const redis = ownRedis()
  const stack = await startTestStack({
    environment: redis.environment,
    api: { KUBECONFIG: await temporaryFile('kubeconfig', kubeconfig) },
    worker: {},
  })
  for (const [cluster, [, code, fix]] of Object.entries(cases)) {
    for (const body of [{ cluster }, { cluster, dryRun: true }]) {
      const problem = await problemOf(await stack.ask('/api/v1/scans', { json: body }))
      expect(problem, cluster).toMatchObject({ status: 502, code })
      expect(problem.hint, cluster).toMatch(fix)
    }
  }
  const unknown = await problemOf(await stack.ask('/api/v1/scans', { json: { cluster: 'prod' } }))
  expect(unknown).toMatchObject({ status: 422, code: 'UNKNOWN_CLUSTER' })
  expect(unknown.hint).toContain('works')
  const near = await stack.ask('/api/v1/scans', {
    json: { include: ['widgets0001.group-1.example.com'] },
  })
  expect((await problemOf(near)).hint).toContain('widgets00001.group-1.example.com')
  await expectNothingStarted(stack, redis)

  // Missing permissions for some types are reported, and the other types are scanned.
  good.setFaults({ forbidCrds: true })
  const scan = await stack.settled(await stack.scan({ include: ['*.example.com'] }))
  expect(scan).toMatchObject({ status: 'succeeded', progress: { succeeded: 3 } })
  expect(scan.warnings.join(' ')).toContain('customresourcedefinitions')

  // The CLI reports the same, with an exit code for the kind of fault.
  expect(await runCli(['scan', '--cluster', 'plugin', '--server', stack.api.url])).toMatchObject({
    code: 4,
    stderr: expect.stringContaining('CAPSTAN_ALLOW_EXEC') as string,
  })
  expect(await runCli(['scan', 'widgetz00001', '--server', stack.api.url])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('widgets00001') as string,
  })
})

async function runCli(args: string[]): Promise<{ code: number; stderr: string }> {
  const main = fileURLToPath(new URL('../apps/cli/src/main.ts', import.meta.url))
  const env = { PATH: process.env['PATH'] ?? '', HOME: '/nowhere', ...COMPILE_CACHE }
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], { env }, (error, _stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stderr }),
    )
  })
}

test.each([
  ['is not YAML', '{"clusters": [', /not readable as YAML/],
  [
    'runs a program',
    makeKubeconfig({ a: { server: 'https://127.0.0.1:1', user: { exec: { command: 'x' } } } }),
    /runs a program/,
  ],
])(
  'with a kubeconfig that %s the API starts, and a scan is rejected with a fix',
  async (_, text, why) => {
    const redis = ownRedis()
    const stack = await startTestStack({
      environment: redis.environment,
      api: { KUBECONFIG: await temporaryFile('kubeconfig', text), CAPSTAN_PROVIDER: 'demo' },
      worker: false,
    })
    const problem = await problemOf(await stack.ask('/api/v1/scans', { json: {} }))
    expect(problem).toMatchObject({ status: 502, code: 'CLUSTER_MISCONFIGURED' })
    expect(problem.detail).toMatch(why)
    expect((await stack.ask('/api/v1/capabilities')).status).toBe(200)
    await expectNothingStarted(stack, redis)
  },
)

const JSON_TYPE = { 'content-type': 'application/json' }
const deep = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`

/** Requests that start nothing and are not covered by apps/api/test/http/problems.test.ts. */
const MALFORMED: Record<string, [number | number[], RequestInit]> = {
  'a prototype inside': [400, { body: '{"labels":{"__proto__":{"a":"b"}}}' }],
  'a constructor': [400, { body: '{"labels":{"constructor":{"prototype":{"a":"b"}}}}' }],
  'endless nesting': [400, { body: `{"include":${deep(50_000)}}` }],
  'a bare array': [400, { body: '[]' }],
  'a bare null': [400, { body: 'null' }],
  'two documents': [400, { body: '{}{}' }],
  'a comment': [400, { body: '{/* all */}' }],
  'bytes that are no text': [400, { body: Buffer.from([0x7b, 0xff, 0xfe, 0x7d]) }],
  'a compressed body': [
    400,
    { body: gzipSync('{}'), headers: { ...JSON_TYPE, 'content-encoding': 'gzip' } },
  ],
  'too many patterns': [400, { body: JSON.stringify({ include: Array(501).fill('a') }) }],
  'a long pattern': [400, { body: JSON.stringify({ include: ['a'.repeat(254)] }) }],
  'an empty pattern': [400, { body: '{"include":[" "]}' }],
  'a number as text': [400, { body: '{"priority":1}' }],
  'an unknown provider': [400, { body: '{"provider":"skynet"}' }],
  'too many labels': [
    400,
    {
      body: JSON.stringify({
        labels: Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`l${n}`, ''])),
      }),
    },
  ],
  'a path as a cluster': [422, { body: '{"cluster":"../../etc/passwd"}' }],
  'the prototype as a cluster': [422, { body: '{"cluster":"__proto__"}' }],
  'a pattern of many stars': [422, { body: JSON.stringify({ include: [`${'*a'.repeat(120)}z`] }) }],
  'control characters in a pattern': [400, { body: '{"include":["\\u001b[31m\\u0000x"]}' }],
  'half a character in a pattern': [400, { body: '{"include":["\\ud800x"]}' }],
  'no type at all': [415, { body: '{}', headers: {} }],
  'a form': [
    415,
    { body: 'a=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
  ],
  'another provider': [422, { body: '{"provider":"openai"}' }],
}

test('a malformed body is rejected with a problem, without control characters, and starts nothing', async () => {
  const cluster = await testClusterSim()
  const redis = ownRedis()
  const stack = await startTestStack({
    environment: redis.environment,
    api: {
      KUBECONFIG: await temporaryFile('kubeconfig', cluster.kubeconfig),
      CAPSTAN_PROVIDER: 'demo',
    },
    worker: false,
  })
  for (const [what, [status, init]] of Object.entries(MALFORMED)) {
    const response = await stack.ask('/api/v1/scans', {
      method: 'POST',
      headers: JSON_TYPE,
      ...init,
    })
    expect(response.status, what).toBe(status)
    const problem = await problemOf(response)
    expect(JSON.stringify(problem), what).not.toMatch(/\\u00|\\ud8/i)
    expect(problem.detail, what).not.toMatch(/node_modules|\bat \w+ \(/)
  }
  await expectNothingStarted(stack, redis)
  expect((await stack.ask('/api/v1/scans', { json: {} })).status).toBe(202)
  expect(stack.api.output()).not.toContain('"level":50')
})

test('an invalid key pauses the scan with one reason and few calls, and a resume with a valid key finishes it', async () => {
  const cluster = await testClusterSim()
  const provider = await testProviderSim({ keys: ['sk-another'] })
  const stack = await startTestStack({
    ...ownRedis(),
    api: { KUBECONFIG: await temporaryFile('kubeconfig', cluster.kubeconfig) },
    worker: {
      ANTHROPIC_API_KEY: KEY,
      ANTHROPIC_BASE_URL: provider.url,
      CAPSTAN_MODEL: 'a-model',
      CAPSTAN_CONCURRENCY: '4',
    },
  })
  const paused = await stack.settled(await stack.scan({}))
  expect(paused).toMatchObject({ status: 'paused', progress: { failed: 0, running: 0 } })
  expect(paused.pause?.problem).toMatchObject({
    reason: 'provider_auth',
    hint: expect.stringContaining('ANTHROPIC_API_KEY') as string,
  })
  expect(paused.usage.calls).toBeLessThanOrEqual(8)
  await until('the queue to be empty', async () => {
    const { counts } = (await (await stack.ask('/api/v1/queue')).json()) as {
      counts: Record<string, number>
    }
    // Finished jobs are kept for a while, so that none is added twice.
    const { completed: _completed, ...left } = counts
    return Object.values(left).every((count) => count === 0) || undefined
  })
  provider.configure({})
  expect(
    (await stack.ask(`/api/v1/scans/${paused.id}/resume`, { method: 'POST' })).status,
  ).toBeLessThan(300)
  expect(await stack.settled(paused.id)).toMatchObject({ status: 'succeeded', pause: null })
})

test('invalid answers for some types fail only those types, each with a reason and a fix', async () => {
  const folder = join(await temporaryFolder(), 'crds')
  await writeCrdFolder(folder, 8)
  const cluster = await testClusterSim({ cluster: folder })
  const kinds = ['broken-text', 'schema-breaking-text', 'truncated-text', 'refusal'] as const
  const passing = ['html-error', 'broken-body', 'fenced-text'] as const
  const provider = await testProviderSim({
    faults: [
      ...kinds.map((kind, index) => ({ kind, matching: `Widget0000${index}` })),
      ...passing.map((kind, index) => ({ kind, matching: `Widget0000${index + 4}`, times: 1 })),
    ],
  })
  const stack = await startTestStack({
    ...ownRedis(),
    api: { KUBECONFIG: await temporaryFile('kubeconfig', cluster.kubeconfig) },
    worker: { ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: provider.url },
  })
  const scan = await stack.settled(await stack.scan({ include: ['*.example.com'] }))
  expect(scan).toMatchObject({
    status: 'partial',
    progress: { total: 8, succeeded: 4, failed: 4 },
    failures: { byReason: { invalid_output: 3, refused: 1 } },
  })
  const failed = (await stack.items(scan.id)).filter(({ status }) => status === 'failed')
  for (const { problem } of failed) expect(problem?.hint).toMatch(/another model/)
  expect(JSON.stringify(failed)).not.toContain('I cannot help with that')
})

/** The invalid response for each kind. */
const ANSWERS: Record<string, string> = {
  Widget00000: '{}',
  Widget00001: 'null',
  Widget00002: '[]',
  Widget00003: '<html><body>log in</body></html>',
  Widget00004: '',
  Widget00005: '{"content":[{"type":"text","text":7}],"usage":"none"}',
}

test('responses that are no model answers are reported as such, and cancel ends the scan', async () => {
  const folder = join(await temporaryFolder(), 'crds')
  await writeCrdFolder(folder, Object.keys(ANSWERS).length)
  const cluster = await testClusterSim({ cluster: folder })
  const baseUrl = await serveWith((body) => {
    const kind = Object.keys(ANSWERS).find((one) => body.includes(one))
    return ANSWERS[kind ?? ''] ?? ''
  })
  const stack = await startTestStack({
    ...ownRedis(),
    api: { KUBECONFIG: await temporaryFile('kubeconfig', cluster.kubeconfig) },
    worker: { ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: baseUrl, CAPSTAN_MODEL: 'a-model' },
  })
  const odd = await stack.settled(await stack.scan({ include: ['widgets00005.*'] }))
  expect(odd).toMatchObject({ status: 'failed', failures: { byReason: { invalid_output: 1 } } })

  const others = { include: ['*.example.com'], exclude: ['widgets00005.*'] }
  const scanId = await stack.scan(others)
  // The types fail together and open the breaker: retries wait, and the failed attempts are reported.
  const items = await until('a failed try of each', async () => {
    const all = await stack.items(scanId)
    const tried = all.filter(({ attempts }) => attempts.some(({ problem }) => problem))
    return tried.length === 5 ? tried : undefined
  })
  for (const { kind, attempts } of items) {
    const problem = attempts.find((attempt) => attempt.problem)?.problem
    expect(problem, kind).toMatchObject({ reason: 'provider_error', retryable: true })
    expect(problem?.title, kind).toMatch(/^Anthropic sent (an empty answer|a web page)/)
    expect(problem?.title, kind).not.toMatch(/undefined|Cannot read|is not a function/)
    expect(problem?.hint, kind).toContain('ANTHROPIC_BASE_URL')
  }
  await stack.ask(`/api/v1/scans/${scanId}/cancel`, { method: 'POST' })
  expect(await stack.settled(scanId)).toMatchObject({ status: 'canceled' })
})
