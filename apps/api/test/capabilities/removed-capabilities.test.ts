import { expect, test } from 'vitest'
import { ScanPlan } from '@capstan/shared/contract/scan/scan-plan'
import { makeCapability } from '@capstan/testkit/make-capability'
import { until } from '@capstan/testkit/until'
import { startRig, type ApiRig } from '../support/api-rig.ts'
import { literalClusters } from '../support/literal-clusters.ts'

const PATH = '/api/v1/capabilities/removed'

function row(kind: string, cluster = 'prod', group = 'example.com') {
  return makeCapability({ cluster, group, kind })
}

/** A cluster with one type, and a catalog with that type and these others. */
async function rigKnowing(
  others: string[],
  unavailable: { group: string; reason: string }[] = [],
  defined?: string[],
) {
  const { clusters } = literalClusters(['Kafka'])
  const source = clusters.find('prod')
  if (!source) throw new Error('no cluster')
  const partial = {
    ...source,
    discover: async (...asked: Parameters<typeof source.discover>) => ({
      ...(await source.discover(...asked)),
      unavailable,
    }),
    ...(defined && { definedTypes: async () => new Set(defined) }),
  }
  const rig = await startRig({ clusters: { names: ['prod'], find: () => partial }, planner: true })
  await rig.deps.catalog.put(['Kafka', ...others].map((kind) => row(kind)))
  return rig
}

async function staleNames(rig: ApiRig): Promise<string[]> {
  const { data } = await rig.deps.catalog.list({ stale: true }, { limit: 100 })
  return data.map(({ kind }) => kind)
}

async function scanned(rig: ApiRig) {
  const { id } = (await (await rig.ask('/api/v1/scans', { json: {} })).json()) as { id: string }
  return until('the plan', async () => {
    const scan = await rig.deps.journal.scan(id)
    return scan?.progress.total === null ? undefined : scan
  })
}

test('the preview lists removed types without changes, and the deletion removes exactly those', async () => {
  const rig = await rigKnowing(['Gone'])
  await rig.deps.catalog.put([row('Gone', 'other')])
  expect(await (await rig.ask(PATH)).json()).toEqual({
    cluster: 'prod',
    known: 2,
    removed: [{ resource: 'gones.example.com', stale: false }],
    unavailable: [],
    needsForce: false,
    warnings: [],
  })
  expect(await staleNames(rig)).toEqual([])
  const deleted = await rig.ask(PATH, { method: 'DELETE' })
  expect(await deleted.json()).toEqual({ cluster: 'prod', deleted: 1 })
  const { data } = await rig.deps.catalog.list({}, { limit: 10 })
  expect(data.map((one) => `${one.cluster}/${one.kind}`)).toEqual(['other/Gone', 'prod/Kafka'])
})

test('more than a fifth of the known types is neither marked by a scan nor deleted without force', async () => {
  const rig = await rigKnowing(['A', 'B', 'C', 'D', 'E'])
  const { warnings } = await scanned(rig)
  expect(warnings.join()).toContain('More than a fifth of the 6 known types')
  expect(await staleNames(rig)).toEqual([])
  expect(await (await rig.ask(PATH)).json()).toMatchObject({ needsForce: true })
  const refused = await rig.ask(PATH, { method: 'DELETE' })
  expect(refused.status).toBe(409)
  expect(await rig.deps.catalog.count({})).toBe(6)
  const forced = await rig.ask(`${PATH}?force=true`, { method: 'DELETE' })
  expect(await forced.json()).toMatchObject({ deleted: 5 })
})

test('types of a group that does not answer are not removed, and missing types of other groups are', async () => {
  const silent = [{ group: 'example.com/v1', reason: 'stale' }]
  const rig = await rigKnowing(['A'], silent)
  await rig.deps.catalog.put([row('B', 'prod', 'sub.example.com')])
  await scanned(rig)
  expect(await staleNames(rig)).toEqual(['B'])
  expect(await (await rig.ask(PATH)).json()).toMatchObject({
    removed: [{ resource: 'bs.sub.example.com', stale: true }],
    unavailable: silent,
  })
})

async function planned(rig: ApiRig) {
  const response = await rig.ask('/api/v1/scans', { json: { dryRun: true } })
  return ScanPlan.parse(await response.json()).removals
}

test('a dry run lists the types that its scan would mark as stale, and marks nothing', async () => {
  const rig = await rigKnowing(['Gone'])
  expect(await planned(rig)).toEqual({
    known: 2,
    resources: ['gones.example.com'],
    needsForce: false,
    summary:
      '1 of the 2 known types is missing from the cluster and would be marked as stale. Nothing is deleted.',
  })
  expect(await staleNames(rig)).toEqual([])
  await scanned(rig)
  expect(await staleNames(rig)).toEqual(['Gone'])
  expect(await planned(rig)).toMatchObject({
    resources: [],
    summary: 'No known type is missing from the cluster.',
  })
})

test('a dry run describes when the safety threshold prevents the scan from marking types', async () => {
  const rig = await rigKnowing(['A', 'B', 'C', 'D', 'E'])
  const { resources, needsForce, summary } = await planned(rig)
  expect(resources).toHaveLength(5)
  expect(needsForce).toBe(true)
  expect(summary).toContain('5 of the 6 known types are missing')
  expect(summary).toContain('More than a fifth')
  expect(summary).toContain('none would be marked')
})

test('a dry run does not count types of a group that does not answer as missing', async () => {
  const rig = await rigKnowing(['A'], [{ group: 'example.com/v1', reason: 'stale' }])
  const { resources, summary } = await planned(rig)
  expect(resources).toEqual([])
  expect(summary).toContain('did not answer are not compared')
})

test('a type that discovery omits is not removed while its CRD exists', async () => {
  const rig = await rigKnowing(['A', 'B'], [], ['as.example.com'])
  expect((await planned(rig)).resources).toEqual(['bs.example.com'])
  await scanned(rig)
  expect(await staleNames(rig)).toEqual(['B'])
  expect(await (await rig.ask(PATH)).json()).toMatchObject({
    removed: [{ resource: 'bs.example.com', stale: true }],
  })
  const deleted = await rig.ask(`${PATH}?force=true`, { method: 'DELETE' })
  expect(await deleted.json()).toMatchObject({ deleted: 1 })
  expect(await rig.deps.catalog.count({})).toBe(2)
})
