import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openClusters } from '@capstan/cluster/open-clusters'
import type { ClusterSim } from '@capstan/cluster-sim/start-cluster-sim'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { openResultCache } from '@capstan/scan-store/results/result-cache'
import { testClusterSim } from '@capstan/testkit/cluster-sim'
import { makeCapability } from '@capstan/testkit/make-capability'
import { makeStoredResult } from '@capstan/testkit/make-stored-result'
import { until } from '@capstan/testkit/until'
import { startWatcher, type WatchTimes } from '../../src/watch/watcher.ts'
import { statsGroup } from '../support/stats-group.ts'
import { startRig, type ApiRig, type RigOptions } from '../support/api-rig.ts'

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const QUICK = { quietMs: 20, mostMs: 2_000, retryMs: 100, pollMs: 100, leaseMs: 9_000 }

function widget(plural: string, description = 'A widget.') {
  const kind = plural.slice(0, 1).toUpperCase() + plural.slice(1, -1)
  const schema = { openAPIV3Schema: { type: 'object', description } }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.shop.example`, labels: {} },
    spec: {
      group: 'shop.example',
      scope: 'Namespaced',
      names: { plural, kind },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  }
}

interface Watched {
  sim: ClusterSim
  rig: ApiRig
  /** Includes of each scan of the watcher, oldest first. */
  scans(): Promise<string[][]>
  /** Waits until the watcher has processed this version of a type, or its removal. */
  settled(resource: string, generation: number | undefined): Promise<void>
  /** Stops the watcher. Returns a function that restarts it. */
  stop(): Promise<void>
  start(): Promise<void>
}

/** A served cluster with one custom type, and an API that watches it with a recorded baseline. */
async function watched(
  times: Partial<WatchTimes> = {},
  options: RigOptions = {},
): Promise<Watched> {
  const sim = await testClusterSim()
  await sim.update({ apply: widget('gadgets') })
  const kubeconfig = join(mkdtempSync(join(tmpdir(), 'capstan-watch-')), 'config')
  writeFileSync(kubeconfig, sim.kubeconfig)
  const clusters = openClusters({ inCluster: false, allowExec: false, homeDir: '', kubeconfig })
  onTestFinished(() => clusters.close())
  const rig = await startRig({ clusters, planner: true, ...options })
  const { redis, keys } = rig.deps
  const cluster = clusters.default.name
  const version = (resource: string) => redis.hget(keys.watchState(cluster), resource)
  let watcher: ReturnType<typeof startWatcher> | undefined
  const start = async (): Promise<void> => {
    watcher = startWatcher(rig.deps, { ...QUICK, ...times })
    await until(
      'the baseline',
      async () => (await redis.exists(keys.watchState(cluster))) || undefined,
    )
    await until('a watch', () => isWatching(sim) || undefined)
  }
  const stop = async (): Promise<void> => {
    await watcher?.stop()
  }
  onTestFinished(stop)
  await start()
  return {
    sim,
    rig,
    start,
    stop,
    scans: async () => {
      const { data } = await rig.deps.journal.scans({ limit: 50 })
      return data
        .filter(isOfWatcher)
        .map(({ include }) => include.toSorted())
        .toReversed()
    },
    settled: (resource, generation) =>
      until(`${resource} at ${generation}`, async () => {
        const now = await version(resource)
        const wanted = generation === undefined ? now === null : now?.endsWith(` ${generation}`)
        return wanted ? true : undefined
      }).then(() => undefined),
  }
}

function isOfWatcher({ createdBy }: Scan): boolean {
  return createdBy === 'watcher'
}

/** Watches with a logged status: the simulator logs the status at the end. */
function isWatching(sim: ClusterSim): boolean {
  return sim.requests().some(({ path, status }) => path.includes('watch=true') && status === 0)
}

/** Number of reads of a single CRD. */
function reads(sim: ClusterSim, name: string): number {
  return sim.requests().filter(({ path }) => path === `${CRDS}/${name}`).length
}

test('the watcher scans an added custom type and no other type', async () => {
  const { sim, scans, settled } = await watched()
  expect(await scans()).toEqual([])
  await sim.update({ apply: widget('widgets') })
  await settled('widgets.shop.example', 1)
  expect(await scans()).toEqual([['widgets.shop.example']])
})

test('the watcher scans a custom type again when its definition changes, not when its metadata changes', async () => {
  const { sim, rig, scans, settled } = await watched()
  await sim.update({ apply: widget('gadgets', 'Another text.') })
  await settled('gadgets.shop.example', 2)
  expect(await scans()).toEqual([['gadgets.shop.example']])
  await until('the plan of that scan', async () => {
    const { data } = await rig.deps.journal.scans({ limit: 1 })
    return data[0]?.progress.total ?? undefined
  })
  const before = reads(sim, 'gadgets.shop.example')
  const labeled = widget('gadgets', 'Another text.')
  labeled.metadata.labels = { team: 'a' }
  await sim.update({ apply: labeled })
  // Status updates after an installation must not start another scan.
  await sim.update({ apply: widget('markers') })
  await settled('markers.shop.example', 1)
  expect(await scans()).toEqual([['gadgets.shop.example'], ['markers.shop.example']])
  expect(reads(sim, 'gadgets.shop.example')).toBe(before)
})

test('a custom type that returns to a definition with a stored answer is scanned without a job', async () => {
  const { sim, rig, settled } = await watched()
  const { journal, redis, keys, catalog } = rig.deps
  const resource = 'gadgets.shop.example'
  const planned = (scans: number) =>
    until(`the plan of scan ${scans}`, async () => {
      const { data } = await journal.scans({ limit: 50 })
      const [newest] = data
      return newest && newest.progress.total !== null && data.length === scans ? newest : undefined
    })
  await sim.update({ apply: widget('gadgets', 'Another text.') })
  await settled(resource, 2)
  const first = await planned(1)
  const contentKey = (await journal.findings(first.id)).get(resource)?.contentKey ?? ''
  await openResultCache(redis, keys).put(contentKey, makeStoredResult())
  await sim.update({ apply: widget('gadgets') })
  await settled(resource, 3)
  await planned(2)
  // No worker is running, so the first scan is still unfinished.
  await journal.cancel(first.id, 'test')
  await sim.update({ apply: widget('gadgets', 'Another text.') })
  await settled(resource, 4)
  const last = await planned(3)
  expect(last).toMatchObject({ status: 'succeeded', usage: { cacheHits: 1 } })
  expect((await catalog.get(last.cluster, resource))?.provenance).toMatchObject({ contentKey })
})

test('a change joins a running scan with the same content key, not one with an older definition', async () => {
  const { sim, rig, scans, settled, stop, start } = await watched()
  const resource = 'gadgets.shop.example'
  const planned = async () => {
    const headers = { prefer: 'wait=1' }
    const response = await rig.ask('/api/v1/scans', { json: { include: [resource] }, headers })
    const { id } = (await response.json()) as { id: string }
    await until(
      'its plan',
      async () => (await rig.deps.journal.scan(id))?.progress.total ?? undefined,
    )
  }
  await planned()
  await sim.update({ apply: widget('gadgets', 'Another text.') })
  await settled(resource, 2)
  expect(await scans()).toEqual([[resource]])
  await stop()
  const running = await rig.deps.journal.activeScanIds()
  for (const id of running) await rig.deps.journal.cancel(id, 'test')
  await sim.update({ apply: widget('gadgets', 'A third text.') })
  await planned()
  await start()
  await settled(resource, 3)
  expect(await scans()).toEqual([[resource]])
})

test('a change whose scan is rejected by the bound on routes is scanned once the route is accepted', async () => {
  const bounds = { maxLive: 0, maxPerToken: 8 }
  const { sim, rig, scans, settled } = await watched({}, { defaults: {}, bounds })
  const { redis, keys } = rig.deps
  // Workers are scaled to zero: their default model is known but counts for the bound.
  const seen = { provider: 'openai', model: 'gpt-test', atMs: Date.now(), rank: 0 }
  await redis.hset(keys.recentProviders, 'openai', JSON.stringify(seen))
  await sim.update({ apply: widget('widgets') })
  await until('a refusal', () => rig.logged().includes('the maximum number of models') || undefined)
  expect(await scans()).toEqual([])
  bounds.maxLive = 1
  await settled('widgets.shop.example', 1)
  expect(await scans()).toEqual([['widgets.shop.example']])
})

test('a deleted type is marked as stale, and types of a failing API group are not', async () => {
  const { sim, rig, settled, scans } = await watched()
  const cluster = rig.deps.clusters.find('default')?.name ?? ''
  const rows = [
    makeCapability({
      cluster,
      resource: 'gadgets.shop.example',
      group: 'shop.example',
      kind: 'Gadget',
    }),
    ...['featureflags.lighthouse.example', 'pods', 'services', 'secrets', 'configmaps'].map(
      (resource) =>
        makeCapability({
          cluster,
          resource,
          group: resource.split('.').slice(1).join('.'),
          kind: resource,
        }),
    ),
  ]
  await rig.deps.catalog.put(rows)
  sim.setFaults({ failingGroups: ['lighthouse.example'] })
  await sim.update({ delete: 'gadgets.shop.example' })
  await settled('gadgets.shop.example', undefined)
  const stale = await rig.deps.catalog.list({ cluster, stale: true }, { limit: 50 })
  expect(stale.data.map(({ resource }) => resource)).toEqual(['gadgets.shop.example'])
  expect(await scans()).toEqual([])
})

test('types of an unavailable API server are marked as stale only when it is no longer registered', async () => {
  const { sim, rig, settled } = await watched()
  const { catalog, redis, keys, clusters } = rig.deps
  const cluster = clusters.find('default')?.name ?? ''
  const resource = 'nodes.stats.example'
  const noted = () => redis.hget(keys.watchState(cluster), resource)
  const stale = async () =>
    (await catalog.list({ stale: true }, { limit: 9 })).data.map((row) => row.resource)
  await sim.update({ register: statsGroup('nodes') })
  await until('the new type', async () => (await noted()) ?? undefined)
  await catalog.put([makeCapability({ cluster, resource, group: 'stats.example', kind: 'Nodes' })])
  sim.setFaults({ droppedGroups: ['stats.example'] })
  await sim.update({ delete: 'gadgets.shop.example' })
  await settled('gadgets.shop.example', undefined)
  expect(await stale()).toEqual([])
  expect(await noted()).toBe('served v1beta1')
  await sim.update({ unregister: 'stats.example' })
  await until('its end', async () => ((await noted()) === null ? true : undefined))
  expect(await stale()).toEqual([resource])
})

test('changes without a running watcher are scanned once after a restart', async () => {
  const { sim, scans, settled, stop, start } = await watched()
  await stop()
  await sim.update({ apply: widget('gadgets', 'Changed in the dark.') })
  await sim.update({ apply: widget('widgets') })
  await start()
  await settled('widgets.shop.example', 1)
  await settled('gadgets.shop.example', 2)
  expect((await scans()).flat().toSorted()).toEqual([
    'gadgets.shop.example',
    'widgets.shop.example',
  ])
})

test('an expired watch is restarted with a new list, and no change is missed', async () => {
  const { sim, scans, settled, stop, start } = await watched()
  await stop()
  sim.setFaults({ watchExpired: true })
  const { requests } = sim
  const lists = () =>
    requests().filter(({ path, status }) => path === CRDS && status === 200).length
  const before = lists()
  await sim.update({ apply: widget('widgets') })
  void start()
  await until('a second list', () => lists() > before + 1 || undefined)
  sim.setFaults({})
  await settled('widgets.shop.example', 1)
  expect(await scans()).toEqual([['widgets.shop.example']])
})

test('a CRD that discovery does not list yet is scanned later', async () => {
  const { sim, scans, settled } = await watched()
  sim.setFaults({ notEstablished: ['widgets.shop.example'] })
  await sim.update({ apply: widget('widgets') })
  await sim.update({ apply: widget('markers') })
  await settled('markers.shop.example', 1)
  expect(await scans()).toEqual([['markers.shop.example']])
  sim.setFaults({})
  await settled('widgets.shop.example', 1)
  expect(await scans()).toEqual([['markers.shop.example'], ['widgets.shop.example']])
})

test('an unreadable type is retried with backoff, and at once when its definition changes', async () => {
  const { sim, scans, settled } = await watched({ rereadMs: 3_600_000 })
  const name = 'widgets.shop.example'
  sim.setFaults({ failing: { path: `${CRDS}/${name}`, status: 500 } })
  await sim.update({ apply: widget('widgets') })
  await until('a try', () => reads(sim, name) > 0 || undefined)
  for (const other of ['markers', 'pencils', 'rulers']) {
    await sim.update({ apply: widget(other) })
    await settled(`${other}.shop.example`, 1)
  }
  expect(reads(sim, name)).toBe(1)
  sim.setFaults({})
  await sim.update({ apply: widget('widgets', 'It can be read now.') })
  await settled(name, 2)
  expect((await scans()).at(-1)).toEqual([name])
})

test('an unreadable type is retried without any change', async () => {
  const { sim, scans, settled } = await watched({ rereadMs: 20 })
  const name = 'widgets.shop.example'
  sim.setFaults({ failing: { path: `${CRDS}/${name}`, status: 500, times: 2 } })
  await sim.update({ apply: widget('widgets') })
  await settled(name, 1)
  expect(await scans()).toEqual([[name]])
})

test('one of two API processes watches the cluster, and the other takes over', async () => {
  const { sim, rig, scans, settled, stop } = await watched()
  const second = startWatcher(rig.deps, QUICK)
  onTestFinished(() => second.stop())
  await sim.update({ apply: widget('widgets') })
  await settled('widgets.shop.example', 1)
  expect(await scans()).toEqual([['widgets.shop.example']])
  await stop()
  await sim.update({ apply: widget('markers') })
  await settled('markers.shop.example', 1)
  expect(await scans()).toEqual([['widgets.shop.example'], ['markers.shop.example']])
})
