import { expect, test } from 'vitest'
import { SESSION_ID } from './compat-client.ts'
import { startCompatStack } from './compat-stack.ts'
import { postgresCluster } from './postgres-cluster.ts'

test('SRV-1: a full scan returns at once and fills the catalog, whose records can be read and deleted', async () => {
  const { client, work } = await startCompatStack()
  expect(await client.call('deleteAll')).toMatchObject({ success: true, deletedCount: 0 })
  // No worker is running yet, so the response precedes the scan.
  const started = await client.call('scan', { mode: 'full', interaction_id: 'a' })
  expect(started).toMatchObject({
    success: true,
    operation: 'scan',
    dataType: 'capabilities',
    status: 'started',
    mode: 'full',
    sessionId: expect.stringMatching(SESSION_ID) as string,
    message: 'Full cluster scan initiated. Scan runs in background.',
    checkProgress: {
      dataType: 'capabilities',
      operation: 'progress',
      sessionId: started.sessionId,
    },
  })
  const before = await client.call('progress', { sessionId: started.sessionId })
  expect(before.success).toBe(true)
  expect(before.progress?.current ?? 0).toBe(0)
  expect(await client.names()).toEqual([])

  await work()
  const ended = await client.ended(started.sessionId ?? '')
  expect(ended).toMatchObject({
    success: true,
    progress: { status: 'completed', percentage: 100, failedResources: 0, errors: [] },
  })
  const names = await client.names()
  expect(names.length).toBe(ended.progress?.total)
  // D2: each type is scanned once.
  expect(new Set(names).size).toBe(names.length)

  const [name = ''] = names
  const id = await client.idOf(name)
  expect(await client.call('get', { id })).toMatchObject({
    success: true,
    data: { id, resourceName: name },
  })
  expect(await client.call('delete', { id })).toMatchObject({
    success: true,
    operation: 'delete',
    deletedCapability: { id, resourceName: name },
  })
  expect(await client.call('get', { id })).toMatchObject({
    success: false,
    error: { message: `Capability not found for ID: ${id}` },
  })
})

test('SRV-2: a targeted scan accepts core, built-in and custom types by kind and group, and stores their columns', async () => {
  const { client, sim, work } = await startCompatStack()
  await sim.update({ apply: postgresCluster() })
  await work()
  const started = await client.call('scan', {
    resourceList: 'Deployment.apps,Service,Cluster.postgresql.cnpg.io',
  })
  expect(started).toMatchObject({
    success: true,
    status: 'started',
    mode: 'targeted',
    resourceCount: 3,
    sessionId: expect.stringMatching(SESSION_ID) as string,
    message: 'Scan initiated for 3 resource(s). Scan runs in background.',
  })
  const ended = await client.ended(started.sessionId ?? '')
  expect(ended).toMatchObject({
    success: true,
    progress: { status: 'completed', current: 3, total: 3, successfulResources: 3 },
  })
  // `Service` selects only the core type, even if other groups have a Service.
  expect((await client.names()).toSorted()).toEqual([
    'Cluster.postgresql.cnpg.io',
    'Deployment.apps',
    'Service',
  ])
  const readColumns = async (kind: string, apiVersion: string, facts: object) => {
    const result = await client.call('get', { id: JSON.stringify({ kind, apiVersion }) })
    expect(result).toMatchObject({ success: true, data: { apiVersion, ...facts } })
    return result.data?.printerColumns?.map(({ name }) => name) ?? []
  }
  const deployment = await readColumns('Deployment', 'apps/v1', { version: 'v1', group: 'apps' })
  expect(deployment[0]).toBe('NAME')
  expect(deployment).toEqual(expect.arrayContaining(['READY', 'UP-TO-DATE', 'AVAILABLE', 'AGE']))
  const service = await readColumns('Service', 'v1', { version: 'v1', group: '' })
  expect(service[0]).toBe('NAME')
  expect(service).toEqual(
    expect.arrayContaining(['TYPE', 'CLUSTER-IP', 'EXTERNAL-IP', 'PORT(S)', 'AGE']),
  )
  const own = { version: 'v1', group: 'postgresql.cnpg.io' }
  const cluster = await readColumns('Cluster', 'postgresql.cnpg.io/v1', own)
  expect(cluster).toEqual(['Name', 'Age', 'Instances', 'Ready', 'Status', 'Primary'])
})

test('SRV-6: a search with the query in `id` returns ranked results', async () => {
  const { client, work } = await startCompatStack()
  await work()
  const { sessionId = '' } = await client.call('scan', { resourceList: 'Service,Deployment.apps' })
  await client.ended(sessionId)
  const found = await client.call('search', { id: 'workload application deployment' })
  expect(found).toMatchObject({
    success: true,
    operation: 'search',
    data: { query: 'workload application deployment', limit: 25 },
  })
  const results = found.data?.results ?? []
  expect(results[0]).toMatchObject({ rank: 1, resourceName: 'Deployment.apps' })
  expect(results.map(({ rank }) => rank)).toEqual(results.map((_, at) => at + 1))
  const scores = results.map(({ score }) => score)
  expect(scores).toEqual(scores.toSorted((a, b) => b - a))
  const [first] = results
  expect(first?.['id']).toBe(await client.idOf('Deployment.apps'))
})

test('OLD-5: a scan by steps scans all types of the list and returns a summary', async () => {
  const { client, work } = await startCompatStack()
  await work()
  const { sessionId } = await client.call('scan')
  await client.call('scan', { sessionId, step: 'resource-selection', response: 'specific' })
  const summed = await client.call('scan', {
    sessionId,
    step: 'resource-specification',
    resourceList: 'Pod, ConfigMap ,Deployment.apps',
  })
  expect(summed).toMatchObject({
    success: true,
    step: 'complete',
    sessionId,
    summary: { totalScanned: 3, successful: 3, failed: 0 },
  })
  expect((await client.names()).toSorted()).toEqual(['ConfigMap', 'Deployment.apps', 'Pod'])
  expect(
    await client.call('scan', { sessionId, step: 'complete', resourceList: 'Pod' }),
  ).toMatchObject({ success: false, error: { message: 'Workflow already complete' } })
})
