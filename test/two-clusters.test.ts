import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import type { ClusterSim } from '@capstan/cluster-sim/start-cluster-sim'
import { testClusterSim } from '@capstan/testkit/cluster-sim'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { testRedis } from '@capstan/testkit/redis'
import { startTestApp } from '@capstan/testkit/app-host/start-test-app'
import { until } from '@capstan/testkit/until'
import { readSimToken } from './make-kubeconfig.ts'
import { startTestStack, temporaryFile, type TestStack } from './test-stack.ts'

const RESOURCE = 'widgets.shop.example'

function widget(field: string, jsonPath = '.spec.size') {
  const additionalPrinterColumns = [{ name: 'Size', type: 'string', jsonPath }]
  const spec = { type: 'object', properties: { [field]: { type: 'string' } } }
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec } } }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: RESOURCE },
    spec: {
      group: 'shop.example',
      scope: 'Namespaced',
      names: { plural: 'widgets', kind: 'Widget' },
      versions: [{ name: 'v1', served: true, storage: true, schema, additionalPrinterColumns }],
    },
  }
}

function kubeconfigOf(sims: Record<string, ClusterSim>): string {
  const entries = Object.entries(sims)
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: entries.map(([name, { url }]) => ({
      name,
      cluster: { server: url, 'insecure-skip-tls-verify': true },
    })),
    users: entries.map(([name, sim]) => ({ name, user: { token: readSimToken(sim) } })),
    contexts: entries.map(([name]) => ({ name, context: { cluster: name, user: name } })),
    'current-context': entries[0]?.[0],
  })
}

interface Row {
  cluster: string
  resource: string
  stale: boolean
  printerColumns: { jsonPath: string }[]
  provenance: { definitionHash: string; contentKey: string; worker: string | null }
}

async function rowsOf({ ask }: TestStack, query: string): Promise<Row[]> {
  const answer = (await (await ask(`/api/v1/capabilities?limit=200&${query}`)).json()) as {
    data: Row[]
  }
  return answer.data.filter(({ resource }) => resource === RESOURCE)
}

test('two clusters with the same types share one catalog, and neither overwrites nor deletes rows of the other', async () => {
  const sims = { east: await testClusterSim(), west: await testClusterSim() }
  await sims.east.update({ apply: widget('size') })
  await sims.west.update({ apply: widget('color') })
  const { url, keys } = testRedis()
  const stack = await startTestStack({
    environment: { REDIS_URL: url, CAPSTAN_REDIS_PREFIX: keys.prefix, CAPSTAN_PROVIDER: 'demo' },
    api: { KUBECONFIG: await temporaryFile('config', kubeconfigOf(sims)) },
  })
  const include = ['*.shop.example', '*.apps']
  for (const cluster of ['east', 'west']) {
    const ended = await stack.settled(await stack.scan({ cluster, include }))
    expect(ended).toMatchObject({ cluster, status: 'succeeded' })
  }
  const all = await rowsOf(stack, '')
  expect(all.map(({ cluster }) => cluster)).toEqual(['east', 'west'])
  expect(new Set(all.map(({ provenance }) => provenance.definitionHash)).size).toBe(2)
  expect(await rowsOf(stack, 'cluster=east')).toEqual([all[0]])
  await sims.east.update({ delete: RESOURCE })
  await stack.settled(await stack.scan({ cluster: 'east', include: ['*.apps'] }))
  expect((await rowsOf(stack, 'stale=true')).map(({ cluster }) => cluster)).toEqual(['east'])
  const deleted = await stack.ask('/api/v1/capabilities/removed?cluster=east', {
    method: 'DELETE',
  })
  expect(await deleted.json()).toEqual({ cluster: 'east', deleted: 1 })
  expect(await rowsOf(stack, '')).toEqual([all[1]])
})

test('two clusters whose types have equal outlines but different printer columns keep their own columns', async () => {
  const sims = { east: await testClusterSim(), west: await testClusterSim() }
  await sims.east.update({ apply: widget('size', '.spec.size') })
  await sims.west.update({ apply: widget('size', '.status.size') })
  const { url, keys } = testRedis()
  const environment = {
    REDIS_URL: url,
    CAPSTAN_REDIS_PREFIX: keys.prefix,
    CAPSTAN_PROVIDER: 'demo',
  }
  const api = { KUBECONFIG: await temporaryFile('config', kubeconfigOf(sims)) }
  const stack = await startTestStack({ environment, api, worker: false })
  const ids: string[] = []
  for (const cluster of ['east', 'west']) {
    const id = await stack.scan({ cluster, include: [RESOURCE] })
    await until('its plan', async () => (await stack.read(id)).progress.total ?? undefined)
    ids.push(id)
  }
  // Started only now, so that both definitions are stored before either is used.
  await startTestApp('worker', {
    ...environment,
    LOG_LEVEL: 'debug',
    PORT: '0',
    HOME: '/nowhere',
  })
  for (const id of ids) expect(await stack.settled(id)).toMatchObject({ status: 'succeeded' })
  const rows = await rowsOf(stack, '')
  expect(
    rows.map(({ cluster, printerColumns }) => [cluster, printerColumns.at(-1)?.jsonPath]),
  ).toEqual([
    ['east', '.spec.size'],
    ['west', '.status.size'],
  ])
  expect(new Set(rows.map(({ provenance }) => provenance.contentKey)).size).toBe(1)
})

test('a second cluster with equal types needs no call, job or worker, and its catalog is complete', async () => {
  const sims = { east: await testClusterSim(), west: await testClusterSim() }
  const provider = await testProviderSim({ latency: { kind: 'uniform', minMs: 5, maxMs: 10 } })
  const { url, keys } = testRedis()
  const redis = new Redis(url)
  onTestFinished(() => redis.disconnect())
  const stack = await startTestStack({
    environment: {
      REDIS_URL: url,
      CAPSTAN_REDIS_PREFIX: keys.prefix,
      CAPSTAN_PROVIDER: 'anthropic',
    },
    api: { KUBECONFIG: await temporaryFile('config', kubeconfigOf(sims)) },
    worker: { ANTHROPIC_API_KEY: 'sk-ant-two-clusters-000000', ANTHROPIC_BASE_URL: provider.url },
  })
  const first = await stack.settled(await stack.scan({ cluster: 'east' }))
  expect(first).toMatchObject({ status: 'succeeded', usage: { cacheHits: 0 } })
  const { total } = first.progress
  const { calls } = provider.stats()
  await stack.worker?.stop()
  const id = await stack.scan({ cluster: 'west' })
  expect(await stack.settled(id)).toMatchObject({
    status: 'succeeded',
    progress: { total, succeeded: total },
    usage: { calls: 0, cacheHits: total, inputTokens: 0, outputTokens: 0, costUsd: 0 },
  })
  expect(provider.stats().calls).toBe(calls)
  // Without a worker, a job of the scan would still be there; only the plan job is.
  const jobs = await redis.keys(`${keys.bullPrefix}:*${id}*`)
  expect(jobs.filter((job) => !job.startsWith(`${keys.bullPrefix}:plan:`))).toEqual([])
  const rows = async (cluster: string): Promise<Row[]> => {
    const response = await stack.ask(`/api/v1/capabilities?limit=200&cluster=${cluster}`)
    return ((await response.json()) as { data: Row[] }).data
  }
  const [east, west] = [await rows('east'), await rows('west')]
  expect(west).toHaveLength(total ?? 0)
  expect(west.map(({ resource }) => resource)).toEqual(east.map(({ resource }) => resource))
  for (const [index, { provenance }] of west.entries()) {
    const paid = { scanId: first.id, worker: east[index]?.provenance.worker, attempt: 1 }
    expect(provenance).toMatchObject(paid)
    expect(provenance.worker).toEqual(expect.any(String))
  }
  expect(await (await stack.ask('/metrics')).text()).toContain(
    `capstan_cache_hits_total{kind="plan"} ${total}`,
  )
})
