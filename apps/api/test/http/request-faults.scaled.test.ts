import { expect, test } from 'vitest'
import { Problem } from '@capstan/shared/contract/problem'
import { makeCapability } from '@capstan/testkit/make-capability'
import { scaled } from '@capstan/testkit/scaled'
import { startRig } from '../support/api-rig.ts'
import { literalClusters } from '../support/literal-clusters.ts'
import { routeTable } from '../support/route-table.ts'
import { scanMaker } from '../support/scan-maker.ts'

const SCAN = '/api/v1/scans'

/** Terms of zod, ajv and Fastify, which no description contains. */
const FOREIGN =
  /\b(?:invalid (?:input|option|string|key|element)|expected|received|unrecognized|too (?:small|big)|NaN|regex|zod|FST_|nonoptional)\b/i
/** RFC 6901 as a URI fragment. */
const POINTER = /^#(?:\/(?:[A-Za-z0-9._!$&'()*+,;=:@?-]|~[01]|%[0-9A-F]{2})*)*$/

const VALUES: unknown[] = [
  null,
  7,
  -1,
  1.5,
  1e300,
  '',
  'x',
  'x'.repeat(3_000),
  true,
  [],
  [1],
  [[]],
  {},
  { a: 1 },
]

/** Each route gets every body, or every tenth body, which is another tenth for each route. */
const STRIDE = scaled(10, 1)

const BODIES: unknown[] = [
  ...VALUES,
  ...[
    'cluster',
    'include',
    'exclude',
    'mode',
    'provider',
    'model',
    'concurrency',
    'priority',
    'order',
  ].flatMap((name) => VALUES.map((value) => ({ [name]: value }))),
  ...[
    'budget',
    'labels',
    'onConflict',
    'execution',
    'dryRun',
    'cron',
    'scan',
    'timeZone',
    'only',
    'q',
    'filter',
  ].flatMap((name) => VALUES.map((value) => ({ [name]: value }))),
  ...['maxCostUsd', 'maxTokens', 'maxFailures'].flatMap((name) =>
    VALUES.map((value) => ({ budget: { [name]: value } })),
  ),
  ...['complexity', 'description', 'confidence', 'providers'].flatMap((name) =>
    VALUES.map((value) => ({ fields: { [name]: value } })),
  ),
  { labels: { 'a/b~c %': 7, ['\uD800']: 1 } },
]

test('every route with a body reports faults as JSON pointers with plain descriptions', async () => {
  const rig = await startRig({ postsPerMinute: 100_000 })
  const routes = routeTable(rig.app).filter(
    ({ method, pattern }) => method.startsWith('P') && pattern.startsWith('/api/v1/'),
  )
  const seen = new Set<string>()
  for (const [offset, { method, path }] of routes.entries()) {
    for (const body of BODIES.filter((_, index) => (index + offset) % STRIDE === 0)) {
      const { statusCode, body: text } = await rig.app.inject({
        method: method === 'PUT' ? 'PUT' : 'POST',
        url: path,
        headers: { 'content-type': 'application/json', host: '127.0.0.1' },
        payload: JSON.stringify(body),
      })
      if (statusCode < 400) continue
      const problem = Problem.strict().parse(JSON.parse(text))
      for (const { pointer, detail } of problem.errors ?? []) {
        expect(pointer, `${method} ${path} ${JSON.stringify(body)}`).toMatch(POINTER)
        seen.add(detail)
      }
    }
  }
  expect(seen.size).toBeGreaterThan(15)
  for (const detail of seen) expect(detail).not.toMatch(FOREIGN)
})

test.for([
  [{ inclde: ['*'] }, '#/inclde', 'is not a known field; did you mean `include`?'],
  [{ include: [] }, '#/include', 'must have at least 1 entry'],
  [{ include: [7] }, '#/include/0', 'must be a string'],
  [{ priority: 'urgent' }, '#/priority', 'must be one of `high`, `normal`, `low`'],
  [{ budget: { maxTokens: 0 } }, '#/budget/maxTokens', 'must be more than 0'],
  [{ budget: { maxTokens: 1.5 } }, '#/budget/maxTokens', 'must be a whole number'],
  [{ budget: { 'a/b': 1 } }, '#/budget/a~1b', 'is not a known field'],
  [{ labels: { a: 7 } }, '#/labels/a', 'must be a string'],
  [
    { labels: { 'ü~/': 'x' } },
    '#/labels/%C3%BC~0~1',
    'has a name that must begin with a letter or digit and have at most 63 letters, digits, `.`, `_`, `/` and `-`',
  ],
  [{ dryRun: 'yes' }, '#/dryRun', 'must be `true` or `false`'],
  [[], '#', 'must be an object'],
] as const)(
  'a start with the body %j is rejected at %s, because it %s',
  async ([body, pointer, detail]) => {
    const rig = await startRig()
    const refused = await rig.ask(SCAN, { json: body })
    expect(refused.status).toBe(400)
    expect(Problem.parse(await refused.json())).toMatchObject({
      detail: 'The body of the request is not valid',
      errors: [{ pointer, detail }],
    })
  },
)

test('a retry with an invalid `only` is rejected with both valid forms', async () => {
  const rig = await startRig()
  const path = `${SCAN}/scan_${'0'.repeat(32)}/retry`
  const refused = await rig.ask(path, { json: { only: 7 } })
  expect(await refused.json()).toMatchObject({
    errors: [{ pointer: '#/only', detail: 'must be `failed` or a list' }],
  })
  const inner = await rig.ask(path, { json: { only: ['a', 7] } })
  expect(await inner.json()).toMatchObject({
    errors: [{ pointer: '#/only/1', detail: 'must be a string' }],
  })
})

test('an invalid path parameter is rejected with the valid format of that parameter only', async () => {
  const rig = await startRig()
  const readHint = async (path: string) => Problem.parse(await (await rig.ask(path)).json()).hint
  expect(await readHint(`${SCAN}/7`)).toContain('`id` must be `scan_` and 32 hexadecimal digits')
  const schedule = await readHint('/api/v1/schedules/Nightly!')
  expect(schedule).toContain('`name` must be lower-case letters, digits and hyphens')
  expect(schedule).not.toContain('scan_')
})

test('a schedule with an invalid name is rejected with 400', async () => {
  const rig = await startRig()
  const json = { cron: '0 3 * * *' }
  const refused = await rig.ask('/api/v1/schedules/Nightly', { method: 'PUT', json })
  expect(refused.status).toBe(400)
  expect(await refused.json()).toMatchObject({
    code: 'VALIDATION',
    errors: [{ pointer: '#/name', in: 'path' }],
  })
})

test('types of scans, clusters and the catalog are found by every name that a start accepts', async () => {
  const { cluster, clusters } = literalClusters(['Kafka'])
  for (const { type } of cluster.definitions) type.shortNames = ['kfk']
  const rig = await startRig({ clusters })
  const { journal, catalog } = rig.deps
  await catalog.put([makeCapability({ cluster: 'prod', group: 'example.com', kind: 'Kafka' })])
  const maker = scanMaker(journal)
  const id = await maker.open('prod')
  await maker.plan(id, ['kafkas.example.com'])
  const spellings = [
    'kafkas.example.com',
    'Kafka',
    'KAFKAS',
    'kfk',
    'Kafka.example.com',
    'example.com/v1/Kafka',
    'example.com/v1/kafkas',
  ]
  for (const spelling of spellings) {
    const name = encodeURIComponent(spelling)
    const start = await rig.ask(SCAN, { json: { include: [spelling], dryRun: true } })
    expect(await start.json(), spelling).toMatchObject({ total: 1 })
    for (const path of [`${SCAN}/${id}/resources`, '/api/v1/resources', '/api/v1/capabilities']) {
      const found = await rig.ask(`${path}/${name}`)
      expect(await found.json(), `${path}/${name}`).toMatchObject({
        resource: 'kafkas.example.com',
      })
    }
  }
  const near = await rig.ask('/api/v1/capabilities/kafak')
  expect(near.status).toBe(404)
  expect(Problem.parse(await near.json()).hint).toContain('Did you mean kafkas.example.com')
})

test('while the cluster is unreachable, the types of a scan are found by their exact names only', async () => {
  const { cluster, clusters } = literalClusters(['Kafka'])
  const rig = await startRig({ clusters })
  const maker = scanMaker(rig.deps.journal)
  const id = await maker.open('prod')
  await maker.plan(id, ['kafkas.example.com'])
  cluster.fault = new Error('gone')
  expect((await rig.ask(`${SCAN}/${id}/resources/kafkas.example.com`)).status).toBe(200)
  expect((await rig.ask(`${SCAN}/${id}/resources/kafka`)).status).toBe(404)
})

test('an unknown event type is rejected with the list of types and near names', async () => {
  const rig = await startRig()
  const id = await scanMaker(rig.deps.journal).open()
  const ask = (types: string) =>
    rig.ask(`${SCAN}/${id}/events?types=${types}`, { headers: { accept: 'application/json' } })
  const refused = await ask('scan.finshed,resource.*,nothing.*')
  expect(refused.status).toBe(400)
  const { errors, hint } = Problem.parse(await refused.json())
  expect(errors).toEqual([
    {
      pointer: '#/types',
      in: 'query',
      detail: '`scan.finshed` is not a known event type; did you mean `scan.finished`?',
    },
    { pointer: '#/types', in: 'query', detail: '`nothing.*` is not a known event type' },
  ])
  for (const type of ['scan.started', 'provider.breaker', 'queue.paused', 'gap'])
    expect(hint).toContain(type)
  for (const types of ['', 'scan.*', 'provider.throttled,resource.failed', '*', 'server.closing']) {
    expect((await ask(types)).status, types).toBe(200)
  }
})

test('a page of events has only the requested types, and its cursor skips the others', async () => {
  const rig = await startRig()
  const maker = scanMaker(rig.deps.journal)
  const id = await maker.open()
  await maker.plan(id, ['a.example.com', 'b.example.com'])
  await maker.work(id, 'a.example.com')
  await maker.work(id, 'b.example.com')
  const headers = { accept: 'application/json' }
  const ask = (query: string) => rig.ask(`${SCAN}/${id}/events?${query}`, { headers })
  const whole = await ask('types=resource.succeeded')
  const { data } = (await whole.json()) as { data: { type: string }[] }
  expect(data.map(({ type }) => type)).toEqual(['resource.succeeded', 'resource.succeeded'])
  const first = await ask('types=resource.succeeded&limit=1')
  expect(await first.json()).toMatchObject({ data: [], page: { nextCursor: '1' } })
})

test('at most fifty of thousands of unknown fields and parameters are reported', async () => {
  const rig = await startRig()
  const names = Array.from({ length: 3_000 }, (_, index) => `limi${index}`)
  const body = await rig.ask(SCAN, { json: Object.fromEntries(names.map((name) => [name, 1])) })
  const query = await rig.ask(`${SCAN}?${names.slice(0, 900).join('&')}`)
  for (const refused of [body, query]) {
    expect(refused.status).toBe(400)
    expect(Problem.parse(await refused.json()).errors).toHaveLength(50)
  }
})
