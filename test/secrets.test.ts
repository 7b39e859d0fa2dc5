import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { makeKubeconfig, readSimToken } from './make-kubeconfig.ts'
import { testClusterSim } from '@capstan/testkit/cluster-sim'
import { writeCrdFolder } from '@capstan/testkit/crd-folder'
import { startOwnRedis, type OwnRedis } from '@capstan/testkit/own-redis'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { startProcess } from '@capstan/testkit/start-process'
import { startTestProcess } from '@capstan/testkit/start-test-process'
import { until } from '@capstan/testkit/until'
import { readRedis, readRedisFiles } from './read-redis.ts'
import { startTestStack, temporaryFile, temporaryFolder, type TestStack } from './test-stack.ts'

const canary = (name: string): string => `canary-${name}-${randomBytes(12).toString('hex')}`

/** One canary for each secret of a process. No two are alike, so that a find names the leaked secret. */
function makeCanaries() {
  const clientKey = canary('clientkey')
  return {
    // One with a known key format, and one that scrubbing can only know from the configuration.
    anthropicKey: `sk-ant-${canary('anthropic')}`,
    openaiKey: canary('openai'),
    anthropicHeader: canary('anthropicheader'),
    openaiHeader: canary('openaiheader'),
    apiToken: canary('apitoken'),
    wrongToken: canary('wrongtoken'),
    loginToken: canary('logintoken'),
    wrongLogin: canary('wronglogin'),
    oidcSecret: canary('oidcsecret'),
    redisPassword: canary('redis'),
    kubePassword: canary('kubepassword'),
    clientKey,
    clientKeyBase64: Buffer.from(clientKey).toString('base64'),
  }
}
type Canaries = ReturnType<typeof makeCanaries> & { kubeToken: string; sessionId?: string }

/** Names of places, with the canaries found there. */
function findCanaries(places: Map<string, string>, canaries: Canaries): string[] {
  return [...places].flatMap(([place, content]) =>
    Object.entries(canaries).flatMap(([name, secret]) => {
      const forms = [secret, Buffer.from(secret).toString('base64').replace(/=+$/, '')]
      return forms.some((form) => content.includes(form)) ? [`${name} in ${place}`] : []
    }),
  )
}

interface Setting {
  stack: TestStack
  redis: OwnRedis
  redisUrl: string
  canaries: Canaries
  provider: Awaited<ReturnType<typeof testProviderSim>>
}

async function arrange(): Promise<Setting> {
  const made = makeCanaries()
  const redis = await startOwnRedis(['--requirepass', made.redisPassword])
  onTestFinished(() => redis.stop())
  const redisUrl = `redis://:${made.redisPassword}@127.0.0.1:${redis.port}`
  const folder = join(await temporaryFolder(), 'crds')
  await writeCrdFolder(folder, 6)
  const cluster = await testClusterSim({ cluster: folder })
  const kubeToken = readSimToken(cluster)
  const kubeconfig = makeKubeconfig(contextsOf(cluster, kubeToken, made))
  const provider = await testProviderSim()
  const stack = await startTestStack({
    environment: { REDIS_URL: redisUrl },
    token: made.apiToken,
    api: {
      CAPSTAN_TOKEN: `ops:admin:${made.apiToken},login:read:${made.loginToken}`,
      CAPSTAN_PUBLIC_URL: 'http://127.0.0.1:1',
      CAPSTAN_OIDC_ISSUER: 'http://127.0.0.1:1',
      CAPSTAN_OIDC_CLIENT_ID: 'capstan',
      CAPSTAN_OIDC_CLIENT_SECRET: made.oidcSecret,
      CAPSTAN_OIDC_ROLES: '*=viewer',
      KUBECONFIG: await temporaryFile('kubeconfig', kubeconfig),
    },
    worker: {
      ANTHROPIC_API_KEY: made.anthropicKey,
      ANTHROPIC_BASE_URL: provider.url,
      OPENAI_API_KEY: made.openaiKey,
      OPENAI_BASE_URL: `${provider.url}/v1`,
      ANTHROPIC_HEADERS: JSON.stringify({ 'X-Gateway-Key': made.anthropicHeader }),
      OPENAI_HEADERS: `X-Gateway-Key: ${made.openaiHeader}`,
    },
    // All that a process writes is searched, not only its log.
    start: startTestProcess,
  })
  return { stack, redis, redisUrl, canaries: { ...made, kubeToken }, provider }
}

/** Besides the working context: one with a broken client key, one with a password, one with a closed port. */
function contextsOf(
  works: { url: string },
  token: string,
  secrets: ReturnType<typeof makeCanaries>,
) {
  const nowhere = 'https://127.0.0.1:1'
  const keyed = {
    'client-certificate-data': Buffer.from('no certificate').toString('base64'),
    'client-key-data': secrets.clientKeyBase64,
  }
  return {
    works: { server: works.url, user: { token } },
    keyed: { server: nowhere, user: keyed },
    named: { server: nowhere, user: { username: 'me', password: secrets.kubePassword } },
  }
}

const WIDGETS = { include: ['*.example.com'], mode: 'full' }

/** Scans that succeed, fail, and pause because of the key, for both providers. Returns their ids. */
async function scanInEveryWay({ stack, provider, redis }: Setting): Promise<string[]> {
  const ids: string[] = []
  for (const name of ['anthropic', 'openai'] as const) {
    const scan = async (config: Parameters<typeof provider.configure>[0]) => {
      provider.configure(config)
      const id = await stack.scan({ ...WIDGETS, provider: name })
      ids.push(id)
      return stack.settled(id)
    }
    expect(await scan({})).toMatchObject({ status: 'succeeded' })
    const faults = [
      { kind: 'refusal' as const, matching: 'Widget00001' },
      { kind: 'broken-text' as const, matching: 'Widget00002' },
      { kind: 'html-error' as const, matching: 'Widget00003', times: 1 },
      { kind: 'broken-body' as const, matching: 'Widget00004', times: 1 },
    ]
    expect(await scan({ faults })).toMatchObject({ status: 'partial' })
    // The provider quotes the refused key.
    const paused = await scan({ keys: ['another'] })
    expect(paused.pause?.problem).toMatchObject({ reason: 'provider_auth' })
    expect(paused.pause?.problem?.title).toContain('[redacted]')
    await stack.ask(`/api/v1/scans/${paused.id}/cancel`, { json: {} })
    await stack.settled(paused.id)
  }
  await redis.kill()
  // Lines about a lost connection are limited to one per second, and which of them is first varies.
  await until(
    'both to miss Redis',
    () =>
      [stack.api, stack.worker].every((one) => one?.output().includes('Redis does not answer')) ||
      undefined,
  )
  await redis.restart()
  await until('the API to find Redis again', async () =>
    (await stack.ask('/readyz')).status === 200 ? true : undefined,
  )
  return ids
}

/** Other failures that involve a secret. */
async function provokeRefusals({ stack, canaries }: Setting): Promise<string> {
  const answers: string[] = []
  const ask = async (...args: Parameters<TestStack['ask']>): Promise<number> => {
    const response = await stack.ask(...args)
    answers.push(await response.text(), JSON.stringify([...response.headers]))
    return response.status
  }
  expect(await ask('/api/v1/scans', { json: { cluster: 'keyed' } })).toBe(502)
  expect(await ask('/api/v1/scans', { json: { cluster: 'named' } })).toBe(502)
  const headers = { authorization: `Bearer ${canaries.wrongToken}` }
  expect(await ask('/api/v1/scans', { headers })).toBe(401)
  expect(await ask('/api/v1/scans', { method: 'POST', body: '{', headers })).toBe(401)
  expect(await ask('/queues', { headers })).toBe(401)
  return answers.join('\n')
}

/** Logs in, uses the session, and fails to log in. The id of the session becomes a canary. */
async function logIn({ stack, canaries }: Setting): Promise<string> {
  const answers: string[] = []
  const json = { token: canaries.loginToken }
  const login = await stack.ask('/api/v1/session', { json })
  expect(login.status).toBe(204)
  const cookie = login.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  canaries.sessionId = cookie.split('=')[1] ?? ''
  expect(canaries.sessionId).toHaveLength(43)
  // Without the token in a header, so that the cookie counts.
  const headers = { authorization: '', cookie }
  for (const [path, status] of [
    ['/api/v1/session', 200],
    ['/api/v1/scans', 200],
    ['/queues', 403],
    ['/api/v1/session/oidc', 502],
    ['/api/v1/session/oidc/callback?code=a&state=b', 401],
  ] as const) {
    const response = await stack.ask(path, { headers })
    expect(response.status, path).toBe(status)
    answers.push(await response.text(), JSON.stringify([...response.headers]))
  }
  const wrong = await stack.ask('/api/v1/session', { json: { token: canaries.wrongLogin } })
  expect(wrong.status).toBe(401)
  answers.push(await wrong.text())
  return answers.join('\n')
}

/** Jobs of every queue in every state, and the logs of finished jobs. */
async function boardPaths({ ask }: TestStack): Promise<string[]> {
  const read = async (path: string) =>
    (await (await ask(path)).json()) as { queues: { name: string; jobs: { id: string }[] }[] }
  const { queues } = await read('/queues/api/queues')
  const paths: string[] = []
  for (const { name } of queues) {
    for (const status of ['latest', 'active', 'failed', 'completed', 'delayed', 'prioritized']) {
      const query = `activeQueue=${name}&status=${status}&page=1&jobsPerPage=100`
      const path = `/queues/api/queues?${query}`
      const jobs = (await read(path)).queues.flatMap((queue) => queue.jobs)
      paths.push(path, ...jobs.map(({ id }) => `/queues/api/queues/${name}/${id}/logs`))
    }
  }
  return [...new Set(paths)]
}

async function readAnswers({ stack }: Setting, ids: string[]): Promise<Map<string, string>> {
  const list = ids.flatMap((id) => [
    `/api/v1/scans/${id}`,
    `/api/v1/scans/${id}/resources?limit=200`,
    `/api/v1/scans/${id}/resources/widgets00001.group-1.example.com`,
    `/api/v1/scans/${id}/excluded`,
    `/api/v1/scans/${id}/events?after=0&limit=1000`,
  ])
  const paths = [
    ...list,
    ...(await boardPaths(stack)),
    ...['scans', 'resources', 'providers', 'workers', 'queue'].map((path) => `/api/v1/${path}`),
    ...['', '/search?q=widget', '/export'].map((path) => `/api/v1/capabilities${path}`),
    '/api/v1/audit',
    '/metrics',
    '/openapi.json',
    '/docs/',
    '/queues',
    '/readyz?verbose',
    '/version',
  ]
  const answers = new Map<string, string>()
  for (const path of paths) {
    // Without this header the events would be a stream.
    const headers = path.includes('/events') ? { accept: 'application/json' } : {}
    const response = await stack.ask(path, { headers })
    expect(response.status, path).toBe(200)
    answers.set(path, `${await response.text()}${JSON.stringify([...response.headers])}`)
  }
  for (const id of ids) {
    const accept = { accept: 'text/event-stream' }
    // From the snapshot, and all events from the first one.
    const [late, early] = await Promise.all([
      stack.ask(`/api/v1/scans/${id}/events`, { headers: accept }),
      stack.ask(`/api/v1/scans/${id}/events?lastEventId=1-0`, { headers: accept }),
    ])
    answers.set(`the stream of ${id}`, (await late.text()) + (await early.text()))
  }
  const metrics = await fetch(`${stack.worker?.url}/metrics`)
  return answers.set('the metrics of the worker', await metrics.text())
}

test('no secret appears in Redis, on its disk, in logs, responses, streams, the board or metrics', async () => {
  const setting = await arrange()
  const { stack, redis, redisUrl, canaries } = setting
  const ids = await scanInEveryWay(setting)
  const logins = await logIn(setting)
  const refusals = await provokeRefusals(setting)
  const places = new Map([
    ...(await readAnswers(setting, ids)),
    ...(await readRedis(redisUrl)),
    ...(await readRedisFiles(redis.directory)),
    ['refusals', refusals],
    ['logins', logins],
    ['the output of the API', stack.api.output()],
    ['the output of the worker', stack.worker?.output() ?? ''],
  ])
  // Each place contains its expected content; otherwise finding no secret would prove nothing.
  const everything = [...places.values()]
  expect(everything.some((text) => text.includes('] call of openai/'))).toBe(true)
  expect(everything.some((text) => text.includes('refused: The model refused'))).toBe(true)
  expect(everything.filter((text) => text.includes('idgets00001')).length).toBeGreaterThan(20)
  expect(places.get('the output of the API')).toContain('Redis does not answer')
  expect(places.get('/api/v1/audit')).toContain('token:login')
  expect(places.get('/api/v1/audit')).toContain('login.failed')
  expect(places.get(`the stream of ${ids[2]}`)).toContain('provider_auth')
  expect(places.get('the metrics of the worker')).toContain('outcome="provider_auth"')
  expect([...places.keys()].some((name) => name.endsWith('.aof'))).toBe(true)

  expect(findCanaries(places, canaries)).toEqual([])

  const planted = new Redis(redisUrl)
  onTestFinished(() => planted.disconnect())
  await planted.xadd('planted:stream', '*', 'error', `the key ${canaries.openaiKey} is wrong`)
  await planted.hset('planted:hash', 'a', 'b'.repeat(4_000) + canaries.kubeToken)
  await planted.set('planted:text', Buffer.from(`x:${canaries.clientKey}`))
  const found = findCanaries(
    new Map([...(await readRedis(redisUrl)), ...(await readRedisFiles(redis.directory))]),
    canaries,
  )
  expect(found).toEqual(
    expect.arrayContaining([
      'openaiKey in planted:stream',
      'kubeToken in planted:hash',
      'clientKey in planted:text',
    ]),
  )
  expect(found.filter((one) => one.endsWith('.aof')).length).toBeGreaterThanOrEqual(3)
})

test.each(['api', 'worker'] as const)(
  'when Redis refuses the login, the %s reports it and exits without showing the password',
  async (app) => {
    const redis = await startOwnRedis(['--requirepass', 'another'])
    onTestFinished(() => redis.stop())
    const password = canary('wrong')
    const started = startProcess(app, {
      REDIS_URL: `redis://:${password}@127.0.0.1:${redis.port}`,
      LOG_LEVEL: 'trace',
      HOME: '/nowhere',
      PORT: '0',
    })
    const fault = await started.then(
      () => 'it started',
      (error: unknown) => String(error),
    )
    expect(fault).toMatch(/refused the login: WRONGPASS[^]*Check user and password in REDIS_URL/)
    expect(fault).toContain('ended with 1')
    expect(fault).not.toContain(password)
  },
)
