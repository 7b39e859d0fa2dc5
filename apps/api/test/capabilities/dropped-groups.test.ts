import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openClusters } from '@capstan/cluster/open-clusters'
import type { Faults } from '@capstan/cluster-sim/faults'
import type { ClusterSim } from '@capstan/cluster-sim/start-cluster-sim'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { ScanPlan } from '@capstan/shared/contract/scan/scan-plan'
import { testClusterSim } from '@capstan/testkit/cluster-sim'
import { makeCapability } from '@capstan/testkit/make-capability'
import { until } from '@capstan/testkit/until'
import { statsGroup } from '../support/stats-group.ts'
import { startRig, type ApiRig } from '../support/api-rig.ts'

const PATH = '/api/v1/capabilities/removed'
const DOWN: Faults = { droppedGroups: ['stats.example'] }
const API_SERVICES = '/apis/apiregistration.k8s.io/v1/apiservices'

/** A served cluster with an aggregated API server, and a catalog with its types and one removed type. */
async function rigKnowing(...resources: string[]): Promise<{ sim: ClusterSim; rig: ApiRig }> {
  const sim = await testClusterSim()
  await sim.update({ register: statsGroup('nodes', 'pods') })
  const kubeconfig = join(mkdtempSync(join(tmpdir(), 'capstan-dropped-')), 'config')
  writeFileSync(kubeconfig, sim.kubeconfig)
  const clusters = openClusters({ inCluster: false, allowExec: false, homeDir: '', kubeconfig })
  onTestFinished(() => clusters.close())
  const rig = await startRig({ clusters, planner: true })
  await rig.deps.catalog.put(
    resources.map((resource) => {
      const group = resource.split('.').slice(1).join('.')
      return makeCapability({ cluster: clusters.default.name, resource, group, kind: resource })
    }),
  )
  return { sim, rig }
}

const NODES = 'nodes.stats.example'
const PODS = 'pods.stats.example'
const GONE = 'gadgets.shop.example'

async function staleNames({ deps }: ApiRig): Promise<string[]> {
  const { data } = await deps.catalog.list({ stale: true }, { limit: 100 })
  return data.map(({ resource }) => resource).toSorted()
}

/** Starts a scan of one type and waits for its plan. */
async function scanned(rig: ApiRig): Promise<Scan> {
  const json = { include: ['services'], onConflict: 'parallel' }
  const { id } = (await (await rig.ask('/api/v1/scans', { json })).json()) as { id: string }
  return until('the plan', async () => {
    const scan = await rig.deps.journal.scan(id)
    return scan?.progress.total === null ? undefined : scan
  })
}

async function planned(rig: ApiRig): Promise<ScanPlan['removals']> {
  const json = { include: ['services'], dryRun: true }
  const response = await rig.ask('/api/v1/scans', { json })
  return ScanPlan.parse(await response.json()).removals
}

test.each<[string, Faults]>([
  ['aggregated', DOWN],
  ['legacy', { ...DOWN, legacyOnly: true }],
])(
  'types of an unavailable API server are not removed when %s discovery omits them',
  async (_, faults) => {
    const { sim, rig } = await rigKnowing('services', NODES, PODS, GONE)
    sim.setFaults(faults)
    expect((await planned(rig)).resources).toEqual([GONE])
    expect((await planned(rig)).summary).toContain('are not compared: stats.example.')
    const { unavailable, warnings } = await scanned(rig)
    expect(unavailable).toEqual([
      {
        group: 'stats.example',
        reason: 'registered as an API service; its server is down: FailedDiscoveryCheck',
      },
    ])
    expect(warnings).toEqual([])
    expect(await staleNames(rig)).toEqual([GONE])
    expect(await (await rig.ask(PATH)).json()).toMatchObject({
      removed: [{ resource: GONE, stale: true }],
      unavailable: [{ group: 'stats.example' }],
      warnings: [],
    })
    await rig.ask(`${PATH}?force=true`, { method: 'DELETE' })
    expect(await rig.deps.catalog.count({})).toBe(3)
  },
)

test('types of an aggregated API server count as removed when its API service is removed or the server no longer lists them', async () => {
  const { sim, rig } = await rigKnowing('services', NODES, PODS)
  await sim.update({ register: statsGroup('nodes') })
  await scanned(rig)
  expect(await staleNames(rig)).toEqual([PODS])
  await sim.update({ unregister: 'stats.example' })
  await scanned(rig)
  expect(await staleNames(rig)).toEqual([NODES, PODS])
})

test('without permission to list API services a missing group counts as removed, with a warning in the scan', async () => {
  const { sim, rig } = await rigKnowing('services', NODES)
  sim.setFaults({ ...DOWN, forbidApiServices: true })
  const { resources, summary } = await planned(rig)
  expect(resources).toEqual([NODES])
  const { warnings } = await scanned(rig)
  const preview = (await (await rig.ask(PATH)).json()) as { warnings: string[] }
  for (const text of [summary, warnings.join(), preview.warnings.join()]) {
    expect(text).toContain('no longer names the API groups stats.example')
    expect(text).toContain('rbac-api-services.yaml')
  }
  expect(await staleNames(rig)).toEqual([NODES])
})

test('API services are listed only when a type is missing, and the warning appears only when its whole group is missing', async () => {
  const { sim, rig } = await rigKnowing('services', NODES, PODS)
  const asked = () => sim.requests().filter(({ path }) => path === API_SERVICES).length
  sim.setFaults({ forbidApiServices: true })
  expect((await scanned(rig)).warnings).toEqual([])
  expect(asked()).toBe(0)
  await sim.update({ register: statsGroup('nodes') })
  expect((await scanned(rig)).warnings).toEqual([])
  expect(asked()).toBe(1)
  expect(await staleNames(rig)).toEqual([PODS])
})
