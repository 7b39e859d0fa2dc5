import { expect, test } from 'vitest'
import { ClusterComparison } from '@capstan/shared/contract/catalog/cluster-comparison'
import { makeCapability } from '@capstan/testkit/make-capability'
import { startRig } from '../support/api-rig.ts'

test('two clusters are compared: types of one of them, different and equal answers, in pages', async () => {
  const rig = await startRig()
  await rig.deps.catalog.put([
    makeCapability({ cluster: 'a', kind: 'Only' }),
    makeCapability({ cluster: 'a', kind: 'Same', providers: ['x', 'y'] }),
    makeCapability({ cluster: 'a', kind: 'Other' }),
    makeCapability({ cluster: 'b', kind: 'Same', providers: ['y', 'x'], version: 'v2' }),
    makeCapability({ cluster: 'b', kind: 'Other', complexity: 'high', providers: ['AWS'] }),
    makeCapability({ cluster: 'b', kind: 'New' }),
    makeCapability({ cluster: 'c', kind: 'Unrelated' }),
  ])
  const read = async (query = ''): Promise<ClusterComparison> => {
    const response = await rig.ask(`/api/v1/capabilities/compare?cluster=a&with=b${query}`)
    return ClusterComparison.parse(await response.json())
  }
  const { data, counts } = await read()
  expect(counts).toEqual({ cluster: 1, with: 1, different: 1, same: 1 })
  expect(data.map((one) => [one.resource, one.cluster?.kind, one.with?.kind, one.fields])).toEqual([
    ['news.batch', undefined, 'New', []],
    ['onlys.batch', 'Only', undefined, []],
    ['others.batch', 'Other', 'Other', ['providers', 'complexity']],
  ])
  const names: string[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const page: ClusterComparison = await read(`&limit=1${cursor && `&cursor=${cursor}`}`)
    expect(page.counts).toEqual(counts)
    names.push(...page.data.map(({ resource }) => resource))
    cursor = page.page.nextCursor
  }
  expect(names).toEqual(data.map(({ resource }) => resource))
  const different = await read('&only=different')
  expect(different.data.map(({ resource }) => resource)).toEqual(['others.batch'])
})
