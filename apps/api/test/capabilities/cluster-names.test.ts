import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { openClusters, type ClusterConfig } from '@capstan/cluster/open-clusters'
import { ScanPlan } from '@capstan/shared/contract/scan/scan-plan'
import { testClusterSim } from '@capstan/testkit/cluster-sim'
import { writeCrdFolder } from '@capstan/testkit/crd-folder'
import { until } from '@capstan/testkit/until'
import { startRig, type ApiRig } from '../support/api-rig.ts'

const folder = (): string => mkdtempSync(join(tmpdir(), 'capstan-names-'))

async function rigFor(config: Partial<ClusterConfig>): Promise<ApiRig> {
  const clusters = openClusters({ inCluster: false, allowExec: false, homeDir: '', ...config })
  onTestFinished(() => clusters.close())
  return startRig({ clusters, planner: true })
}

/** A simulated cluster with one additional type. */
async function simWith(count: number) {
  const cluster = folder()
  await writeCrdFolder(cluster, count)
  return testClusterSim({ cluster, anonymous: true })
}

async function plan(rig: ApiRig, body: object): Promise<ScanPlan> {
  const json = { ...body, include: ['*.example.com'], dryRun: true }
  return ScanPlan.parse(await (await rig.ask('/api/v1/scans', { json })).json())
}

test('a request for a context named `default` reads that context, and a request without a name reads the current context', async () => {
  const [work, other] = [await simWith(1), await simWith(2)]
  const kubeconfig = join(folder(), 'config')
  const servers = Object.entries({ work: work.url, default: other.url })
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      clusters: servers.map(([name, server]) => ({ name, cluster: { server } })),
      contexts: servers.map(([name]) => ({ name, context: { cluster: name } })),
      'current-context': 'work',
    }),
  )
  const rig = await rigFor({ kubeconfig })
  expect(await plan(rig, {})).toMatchObject({ cluster: 'work', total: 1 })
  expect(await plan(rig, { cluster: 'work' })).toMatchObject({ cluster: 'work', total: 1 })
  expect(await plan(rig, { cluster: 'default' })).toMatchObject({ cluster: 'default', total: 2 })
  for (const [query, count] of [
    ['', 1],
    ['&cluster=default', 2],
  ] as const) {
    const response = await rig.ask(`/api/v1/resources?group=group-1.example.com${query}`)
    const { data } = z.object({ data: z.array(z.unknown()) }).parse(await response.json())
    expect(data).toHaveLength(count - 1)
  }
  // The planner finds the cluster by the name in the scan.
  const response = await rig.ask('/api/v1/scans', {
    json: { cluster: 'default', include: ['*.example.com'] },
  })
  const { id } = z.object({ id: z.string() }).parse(await response.json())
  const scan = await until('the plan', async () => {
    const found = await rig.deps.journal.scan(id)
    return found?.progress.total === null ? undefined : found
  })
  expect(scan).toMatchObject({ cluster: 'default', progress: { total: 2 } })
})

test('skipped definitions of a manifest folder are warnings of the scan, the dry run and the list of types', async () => {
  const clusterFiles = folder()
  await writeCrdFolder(clusterFiles, 1)
  writeFileSync(join(clusterFiles, 'broken.yaml'), 'a: [')
  const reason = 'broken.yaml: document 1 is not valid YAML'
  const rig = await rigFor({ clusterFiles })
  const response = await rig.ask('/api/v1/resources')
  expect(await response.json()).toMatchObject({ warnings: [reason] })
  expect((await plan(rig, {})).warnings).toContain(reason)
  const started = await rig.ask('/api/v1/scans', { json: {} })
  const { id } = z.object({ id: z.string() }).parse(await started.json())
  const scan = await until('the plan', async () => {
    const found = await rig.deps.journal.scan(id)
    return found?.progress.total === null ? undefined : found
  })
  expect(scan.warnings).toContain(reason)
})
