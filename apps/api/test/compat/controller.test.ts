import { expect, test } from 'vitest'
import type { ClusterSim } from '@capstan/cluster-sim/start-cluster-sim'
import { z } from 'zod'
import type { CompatClient } from './compat-client.ts'
import { startCompatStack } from './compat-stack.ts'
import { postgresCluster } from './postgres-cluster.ts'

const Resources = z.object({
  data: z.array(z.object({ kind: z.string(), group: z.string() })),
  page: z.object({ nextCursor: z.string().nullable() }),
})

/** All types of a cluster with names of the controller, including kinds that cannot hold objects. */
async function clusterNames(ask: (path: string) => Promise<unknown>): Promise<string[]> {
  const names: string[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const query: string = cursor === '' ? '' : `&cursor=${cursor}`
    const { data, page } = Resources.parse(await ask(`/api/v1/resources?limit=200${query}`))
    names.push(...data.map(({ kind, group }) => (group === '' ? kind : `${kind}.${group}`)))
    cursor = page.nextCursor
  }
  return names
}

interface Reconciled {
  scanned: string[]
  deleted: string[]
}

/** The startup of the controller: one list of missing types, and a deletion for each orphan. */
async function reconcile(client: CompatClient, offered: string[]): Promise<Reconciled> {
  const known = await client.names()
  const scanned = offered.filter((name) => !known.includes(name))
  if (scanned.length > 0) {
    const { sessionId = '' } = await client.call('scan', {
      resourceList: scanned.join(','),
      collection: 'capabilities',
    })
    await client.ended(sessionId)
  }
  const deleted = known.filter((name) => !offered.includes(name))
  for (const name of deleted) {
    const gone = await client.call('delete', { id: await client.idOf(name) })
    expect(gone.success, name).toBe(true)
  }
  return { scanned, deleted }
}

const Answered = z.object({
  progress: z.object({ succeeded: z.number() }),
  usage: z.object({ cacheHits: z.number(), curatedAnswers: z.number() }),
})

/** The types that were neither unchanged nor known: with a model, each is a call. */
const countNewAnswers = async (ask: (path: string) => Promise<unknown>): Promise<number> => {
  const { data } = z.object({ data: z.array(Answered) }).parse(await ask('/api/v1/scans?limit=200'))
  return data.reduce(
    (sum, { progress, usage }) => sum + progress.succeeded - usage.cacheHits - usage.curatedAnswers,
    0,
  )
}

test('CTL-1: a controller that compares names synchronizes the catalog and then finds no differences', async () => {
  const { client, sim, ask, work } = await startCompatStack()
  await work()
  const offered = await clusterNames(ask)
  expect(offered.length).toBeGreaterThan(60)
  expect((await reconcile(client, offered)).scanned.length).toBe(offered.length)
  expect((await client.names()).toSorted()).toEqual(offered.toSorted())
  expect(await reconcile(client, offered)).toEqual({ scanned: [], deleted: [] })

  await sim.update({ apply: postgresCluster() })
  const name = 'Cluster.postgresql.cnpg.io'
  expect(await reconcile(client, await clusterNames(ask))).toEqual({ scanned: [name], deleted: [] })
  await sim.update({ delete: 'clusters.postgresql.cnpg.io' })
  expect(await reconcile(client, await clusterNames(ask))).toEqual({ scanned: [], deleted: [name] })
  expect((await client.names()).toSorted()).toEqual(offered.toSorted())
})

test('CTL-2: the current controller, which sends all types again, causes no model calls', async () => {
  const { client, ask, work } = await startCompatStack()
  await work()
  const resourceList = 'Deployment.apps,Service,Pod'
  const scan = async () => {
    const { sessionId = '' } = await client.call('scan', { resourceList })
    return client.ended(sessionId)
  }
  await scan()
  const answers = await countNewAnswers(ask)
  expect(await scan()).toMatchObject({ progress: { status: 'completed', successfulResources: 3 } })
  expect(await countNewAnswers(ask)).toBe(answers)
  // The controller reads ids one level too high. The members there must not be ids, or it would delete by them.
  expect(await client.call('list', { limit: 10_000 })).not.toHaveProperty('capabilities')
})

test('CTL-3: kinds that cannot hold objects are reported as failures, and the other kinds are scanned', async () => {
  const { client, work } = await startCompatStack()
  await work()
  const started = await client.call('scan', {
    resourceList: 'TokenReview.authentication.k8s.io,Service,Nonsense.example.com',
  })
  expect(started).toMatchObject({ success: true, resourceCount: 3 })
  const ended = await client.ended(started.sessionId ?? '')
  expect(ended).toMatchObject({
    success: true,
    progress: { current: 3, total: 3, successfulResources: 1, failedResources: 2 },
  })
  expect(JSON.stringify(ended.progress?.['errors'])).toContain('Nonsense.example.com')
  expect(await client.names()).toEqual(['Service'])
})

test('CTL-4: a changed definition can be scanned by its name and deleted by its name', async () => {
  const { client, sim, ask, work } = await startCompatStack()
  await work()
  await changed(client, sim, 'instances')
  const answers = await countNewAnswers(ask)
  await changed(client, sim, 'replicas')
  expect(await countNewAnswers(ask)).toBe(answers + 1)
  const gone = await client.call('delete', { id: 'Cluster.postgresql.cnpg.io' })
  expect(gone).toMatchObject({ success: true })
  expect(await client.names()).toEqual([])
})

async function changed(client: CompatClient, sim: ClusterSim, field: string): Promise<void> {
  await sim.update({ apply: postgresCluster(field) })
  const { sessionId = '' } = await client.call('scan', {
    resourceList: ['Cluster.postgresql.cnpg.io'],
  })
  expect(await client.ended(sessionId)).toMatchObject({ progress: { successfulResources: 1 } })
}
