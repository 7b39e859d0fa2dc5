import { expect, test } from 'vitest'
import { Problem } from '@capstan/shared/contract/problem'
import { startRig } from '../support/api-rig.ts'
import { literalClusters } from '../support/literal-clusters.ts'
import { routeTable } from '../support/route-table.ts'

test('every route of /api/v1 rejects an unknown query parameter', async () => {
  const rig = await startRig()
  const routes = routeTable(rig.app).filter(
    ({ method, pattern }) => method !== 'HEAD' && pattern.startsWith('/api/v1/'),
  )
  expect(routes.length).toBeGreaterThan(35)
  for (const { method, path } of routes) {
    const response = await rig.ask(`${path}?zzz=1`, { method })
    expect(response.status, `${method} ${path}`).toBe(400)
    const problem = Problem.parse(await response.json())
    expect(problem, `${method} ${path}`).toMatchObject({
      code: 'VALIDATION',
      errors: [{ pointer: '#/zzz', in: 'query' }],
    })
  }
})

test.for([
  [
    '/api/v1/scans?limt=1',
    '#/limt',
    'is not a known query parameter of this route; did you mean `limit`?',
  ],
  [
    '/api/v1/scans?Status=failed',
    '#/Status',
    'is not a known query parameter of this route; did you mean `status`?',
  ],
  [
    '/api/v1/scans?label=x',
    '#/label',
    'is not a known query parameter of this route; did you mean `label.<name>`?',
  ],
  [
    '/api/v1/scans?label.=x',
    '#/label.',
    'is not a known query parameter of this route; did you mean `label.<name>`?',
  ],
  [
    '/api/v1/capabilities?min_confidence=1',
    '#/min_confidence',
    'is not a known query parameter of this route; did you mean `minConfidence`?',
  ],
  ['/api/v1/queue?a%2Fb~=1', '#/a~1b~0', 'is not a known query parameter of this route'],
  ['/api/v1/scans?limit=1&limit=2', '#/limit', 'is given more than once'],
  ['/api/v1/scans?label.a=1&label.a=2', '#/label.a', 'is given more than once'],
  ['/api/v1/scans?limit=x', '#/limit', 'must be a number'],
  ['/api/v1/scans?limit=1.5', '#/limit', 'must be a whole number'],
  ['/api/v1/scans?limit=900', '#/limit', 'must be at most 200'],
  [
    '/api/v1/capabilities?complexity=huge',
    '#/complexity',
    'must be one of `low`, `medium`, `high`',
  ],
  ['/api/v1/capabilities?stale=perhaps', '#/stale', 'must be `true` or `false`'],
  [
    '/api/v1/scans?createdAfter=yesterday',
    '#/createdAfter',
    'must be a time such as `2026-11-30T12:00:00Z`',
  ],
] as const)('%s is refused, because %s %s', async ([path, pointer, detail]) => {
  const rig = await startRig()
  const response = await rig.ask(path)
  expect(response.status).toBe(400)
  const { errors } = Problem.parse(await response.json())
  expect(errors).toEqual([{ pointer, in: 'query', detail }])
})

test('the list of scans accepts labels with any name', async () => {
  const rig = await startRig()
  expect((await rig.ask('/api/v1/scans?label.team=platform&label.zzz=1')).status).toBe(200)
})

test('routes of the dot-ai interface accept unknown query parameters', async () => {
  const rig = await startRig({ compat: 'dot-ai' })
  expect((await rig.ask('/api/v1/tools?zzz=1')).status).toBe(200)
})

test('every route with a cluster parameter rejects an unknown cluster with the same problem and near names', async () => {
  const { clusters } = literalClusters(['Kafka'])
  const rig = await startRig({ clusters })
  const schedule = { cron: '0 3 * * *', scan: { cluster: 'prodd' } }
  const requests: [path: string, init?: RequestInit & { json?: unknown }][] = [
    ['/api/v1/scans', { json: { cluster: 'prodd' } }],
    ['/api/v1/scans', { json: { cluster: 'prodd', dryRun: true } }],
    ['/api/v1/scans?cluster=prodd'],
    ['/api/v1/resources?cluster=prodd'],
    ['/api/v1/resources/kafkas?cluster=prodd'],
    ['/api/v1/resources/kafkas/example?cluster=prodd'],
    ['/api/v1/capabilities?cluster=prodd'],
    ['/api/v1/capabilities/facets?cluster=prodd'],
    ['/api/v1/capabilities/compare?cluster=prodd&with=prod'],
    ['/api/v1/capabilities/export?cluster=prodd'],
    ['/api/v1/capabilities/removed?cluster=prodd'],
    ['/api/v1/capabilities/removed?cluster=prodd', { method: 'DELETE' }],
    ['/api/v1/capabilities/search?q=kafka&cluster=prodd'],
    ['/api/v1/capabilities/search', { json: { q: 'kafka', filter: { cluster: 'prodd' } } }],
    ['/api/v1/capabilities/kafkas.example.com?cluster=prodd'],
    ['/api/v1/capabilities/kafkas.example.com?cluster=prodd', { method: 'DELETE' }],
    [
      '/api/v1/capabilities/kafkas.example.com/override?cluster=prodd',
      { json: { fields: { complexity: 'low' } }, method: 'PUT' },
    ],
    ['/api/v1/capabilities/kafkas.example.com/override?cluster=prodd', { method: 'DELETE' }],
    ['/api/v1/schedules/nightly', { json: schedule, method: 'PUT' }],
  ]
  for (const [path, init] of requests) {
    const response = await rig.ask(path, init)
    const problem = Problem.parse(await response.json())
    expect({ ...problem, instance: undefined }, `${init?.method ?? ''} ${path}`).toEqual({
      type: '/problems/unknown-cluster',
      title: 'Unknown cluster',
      status: 422,
      code: 'UNKNOWN_CLUSTER',
      detail: 'The server has no cluster with this name',
      hint: 'Did you mean prod? Omit `cluster`, or use one of: prod.',
      retryable: false,
      instance: undefined,
    })
  }
})

test('the list of routes with a cluster parameter is complete', async () => {
  const rig = await startRig()
  const document = (await (await rig.ask('/openapi.json')).json()) as {
    paths: Record<string, Record<string, { parameters?: { name: string }[] }>>
  }
  const named = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { parameters = [] }]) => parameters.some(({ name }) => name === 'cluster'))
      .map(([method]) => `${method} ${path}`),
  )
  expect(named.toSorted()).toEqual([
    'delete /api/v1/capabilities/removed',
    'delete /api/v1/capabilities/{resource}',
    'delete /api/v1/capabilities/{resource}/override',
    'get /api/v1/capabilities',
    'get /api/v1/capabilities/compare',
    'get /api/v1/capabilities/export',
    'get /api/v1/capabilities/facets',
    'get /api/v1/capabilities/removed',
    'get /api/v1/capabilities/search',
    'get /api/v1/capabilities/{resource}',
    'get /api/v1/resources',
    'get /api/v1/resources/{resource}',
    'get /api/v1/resources/{resource}/example',
    'get /api/v1/scans',
    'put /api/v1/capabilities/{resource}/override',
  ])
})
