import { expect, test } from 'vitest'
import { makeCapability } from '@capstan/testkit/make-capability'
import { startCompatRig } from './compat-rig.ts'

test('SRV-3: a list has ids, names, metadata, counts and its limit', async () => {
  const { client, deps } = await startCompatRig()
  const description = 'd'.repeat(150)
  const kafka = makeCapability({
    cluster: 'prod',
    group: 'example.com',
    kind: 'Kafka',
    description,
  })
  const pod = makeCapability({
    cluster: 'prod',
    group: '',
    kind: 'Pod',
    resource: 'pods',
    apiVersion: 'v1',
  })
  const elsewhere = makeCapability({ cluster: 'other', kind: 'Kafka' })
  await deps.catalog.put([kafka, pod, elsewhere])
  expect(await client.call('list', { limit: 10 })).toEqual({
    success: true,
    operation: 'list',
    dataType: 'capabilities',
    data: {
      capabilities: [
        {
          id: await client.idOf('Kafka.example.com'),
          resourceName: 'Kafka.example.com',
          apiVersion: 'example.com/v1',
          version: 'v1',
          group: 'example.com',
          capabilities: ['scheduled tasks'],
          description: `${'d'.repeat(100)}...`,
          complexity: 'low',
          confidence: 0.9,
          analyzedAt: kafka.provenance.inferredAt,
        },
        expect.objectContaining({ resourceName: 'Pod', apiVersion: 'v1', group: '' }),
      ],
      totalCount: 2,
      returnedCount: 2,
      limit: 10,
      truncated: false,
    },
    message: 'Retrieved 2 capabilities (2 total)',
  })
  expect(await client.call('list', { collection: 'other' })).toMatchObject({
    data: { totalCount: 1 },
  })
})

test('SRV-4: an id of dot-ai or of Capstan returns the complete record', async () => {
  const { client, deps } = await startCompatRig()
  const row = makeCapability({ cluster: 'prod', group: 'apps', kind: 'Deployment' })
  await deps.catalog.put([row])
  const id = 'b120b11c-c57a-fcbb-b93c-ff373ad7cf77'
  const got = await client.call('get', { id })
  expect(got).toMatchObject({
    success: true,
    data: {
      id,
      resourceName: 'Deployment.apps',
      capabilities: row.capabilities,
      providers: [],
      abstractions: [],
      complexity: 'low',
      description: row.description,
      useCase: row.useCase,
      printerColumns: [{ name: 'Name' }, { name: 'Age' }],
      confidence: 0.9,
      analyzedAt: row.provenance.inferredAt,
    },
  })
  for (const other of [row.id, 'deployment.apps', 'deployments.apps']) {
    expect((await client.call('get', { id: other })).data, other).toEqual(got.data)
  }
})

test.each([
  ['a kind', { kind: 'Kafka', apiVersion: 'example.com/v1' }, true],
  ['a plural in any case', { kind: 'KAFKAS', apiVersion: 'example.com/v1' }, true],
  ['a part of a kind', { kind: 'Kaf', apiVersion: 'example.com/v1' }, false],
  ['another version', { kind: 'Kafka', apiVersion: 'example.com/v2' }, false],
  ['another group', { kind: 'Kafka', apiVersion: 'v1' }, false],
])('GET-1: %s with an apiVersion finds exactly its record', async (_, lookup, found) => {
  const { client, store } = await startCompatRig()
  await store('Kafka', 'KafkaTopic')
  const result = await client.call('get', { id: JSON.stringify(lookup) })
  expect(result.success).toBe(found)
  if (found) expect(result.data).toMatchObject({ resourceName: 'Kafka.example.com' })
  else expect(result.error?.message).toContain('Capability not found for ID')
})

test.each([
  [
    'SRV-7: a resource instead of an id',
    { resource: { kind: 'Kafka' } },
    'Missing required parameter: id',
  ],
  ['ERR-1: an empty id', { id: '' }, 'Missing required parameter: id'],
  ['ERR-2: invalid JSON', { id: '{"kind":' }, 'Invalid JSON format in id parameter'],
  ['ERR-3: JSON without an apiVersion', { id: '{"kind":"Kafka"}' }, 'Invalid JSON lookup format'],
  [
    'ERR-4: an unknown id',
    { id: '00000000-0000-0000-0000-000000000000' },
    'Capability not found for ID',
  ],
])('%s is a failed operation in a successful response', async (_, more, message) => {
  const { client, store } = await startCompatRig()
  await store('Kafka')
  const result = await client.call('get', more)
  expect(result).toMatchObject({ success: false, operation: 'get', dataType: 'capabilities' })
  expect(result.error?.message).toContain(message)
})

test('OLD-12: a deletion needs an id, reports the deleted record and fails when repeated', async () => {
  const { client, store } = await startCompatRig()
  await store('Kafka', 'Topic')
  expect(await client.call('delete')).toMatchObject({
    success: false,
    error: { message: 'Missing required parameter: id' },
  })
  const id = await client.idOf('Kafka.example.com')
  expect(await client.call('delete', { id })).toEqual({
    success: true,
    operation: 'delete',
    dataType: 'capabilities',
    deletedCapability: { id, resourceName: 'Kafka.example.com' },
    message: 'Capability deleted: Kafka.example.com',
  })
  expect(await client.call('delete', { id })).toMatchObject({
    success: false,
    error: { message: `Capability not found for ID: ${id}` },
  })
  expect(await client.names()).toEqual(['Topic.example.com'])
})

test('OLD-13: deleteAll removes the rows of one cluster and reports their number, including zero', async () => {
  const { client, store, deps } = await startCompatRig()
  await store('Kafka', 'Topic')
  await deps.catalog.put([makeCapability({ cluster: 'other' })])
  expect(await client.call('deleteAll')).toMatchObject({
    success: true,
    deletedCount: 2,
    totalCount: 2,
    errorCount: 0,
    message: 'Successfully deleted all 2 capabilities',
  })
  expect(await client.call('deleteAll')).toMatchObject({
    success: true,
    deletedCount: 0,
    totalCount: 0,
    message: 'No capabilities found to delete',
  })
  expect(await deps.catalog.count({ cluster: 'other' })).toBe(1)
})

test('OLD-11: a search needs a query, respects its limit and may have no results', async () => {
  const { client, store } = await startCompatRig()
  await store('Kafka', 'Topic', 'Postgres')
  for (const id of [undefined, '', '   ']) {
    expect(await client.call('search', { id })).toMatchObject({
      success: false,
      error: { message: 'Search query required' },
    })
  }
  expect(await client.call('search', { id: 'schedule', limit: 2 })).toMatchObject({
    success: true,
    data: { limit: 2, resultCount: 2 },
  })
  expect(await client.call('search', { id: 'zeppelin' })).toMatchObject({
    success: true,
    data: { query: 'zeppelin', results: [], resultCount: 0, limit: 25 },
  })
})

test.each([
  [undefined, 10],
  [0, 10],
  [-3, 10],
  ['many', 10],
  [3, 3],
  ['3', 3],
  [100_000, 10_000],
])('C714-1: a list with limit %s has at most %i items', async (asked, limit) => {
  const { client, store } = await startCompatRig()
  await store('Kafka')
  expect(await client.call('list', { limit: asked })).toMatchObject({ data: { limit } })
})

test('C714-2: `truncated` is correct for truncated and complete lists, with and without identityOnly', async () => {
  const { client, store } = await startCompatRig()
  await store(...Array.from({ length: 120 }, (_, at) => `Kind${String(at).padStart(3, '0')}`))
  const cut = await client.call('list', { limit: 119 })
  expect(cut).toMatchObject({ data: { totalCount: 120, returnedCount: 119, truncated: true } })
  const whole = await client.call('list', { limit: 120 })
  expect(whole).toMatchObject({ data: { totalCount: 120, returnedCount: 120, truncated: false } })
  const bare = await client.call('list', { limit: 10_000, identityOnly: true })
  const identities = whole.data?.capabilities?.map((item) => {
    const { id, resourceName } = item as { id: string; resourceName: string }
    return { id, resourceName }
  })
  expect(bare.data?.capabilities).toEqual(identities)
  // More types than the old limit of one hundred.
  expect(identities?.length).toBe(120)
})

test.each([
  ['a limit with a fraction', { limit: 2.5 }, 'limit'],
  ['a non-boolean identityOnly', { identityOnly: 'yes' }, 'identityOnly'],
])('C714-3: %s is rejected', async (_, more, named) => {
  const { client } = await startCompatRig()
  expect(await client.call('list', more)).toMatchObject({
    success: false,
    error: {
      message: 'Failed to list capabilities',
      details: expect.stringContaining(named) as string,
    },
  })
})

test('C714-4: an empty collection returns no records and no error', async () => {
  const { client } = await startCompatRig()
  expect(await client.call('list', { collection: 'nowhere' })).toMatchObject({
    success: true,
    data: { capabilities: [], totalCount: 0 },
  })
  expect(await client.call('search', { id: 'kafka', collection: 'nowhere' })).toMatchObject({
    success: true,
    data: { results: [] },
  })
})
