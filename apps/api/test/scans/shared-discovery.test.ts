import { mkdtemp, readFile, rename, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openClusters, type ClusterConfig } from '@capstan/cluster/open-clusters'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { Faults } from '@capstan/cluster-sim/faults'
import { testClusterSim } from '@capstan/testkit/cluster-sim'
import { writeCrdFolder } from '@capstan/testkit/crd-folder'
import { testRedis } from '@capstan/testkit/redis'
import { startTestProcess } from '@capstan/testkit/start-test-process'
import { until } from '@capstan/testkit/until'
import { startRig, type ApiRig } from '../support/api-rig.ts'

const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'capstan-discovery-'))

async function startOn(config: Partial<ClusterConfig>, planner = false): Promise<ApiRig> {
  const clusters = openClusters({ inCluster: false, allowExec: false, homeDir: '', ...config })
  onTestFinished(() => clusters.close())
  // As at the start of the API: loading the library does not count.
  await clusters.warmUp()
  return startRig({ clusters, planner })
}

async function startOnSim(planner = false, faults?: Faults) {
  const sim = await testClusterSim(faults ? { faults } : {})
  const kubeconfig = join(await newFolder(), 'config')
  await writeFile(kubeconfig, sim.kubeconfig)
  const rig = await startOn({ kubeconfig }, planner)
  const looks = (): number => sim.requests().filter(({ path }) => path === '/apis').length
  return { rig, looks }
}

async function start(rig: ApiRig, json: unknown, status = 202): Promise<Scan> {
  const response = await rig.ask('/api/v1/scans', { json })
  expect(response.status).toBe(status)
  return (await response.json()) as Scan
}

const PARALLEL = { onConflict: 'parallel' }

function planned(rig: ApiRig, id: string): Promise<number> {
  return until(
    `the plan of ${id}`,
    async () => (await rig.deps.journal.scan(id))?.progress.total ?? undefined,
  )
}

test('30 simultaneous starts discover the cluster once, and later starts use the cached discovery', async () => {
  const { rig, looks } = await startOnSim()
  await Promise.all(Array.from({ length: 30 }, () => start(rig, PARALLEL)))
  expect(looks()).toBe(1)
  for (let round = 0; round < 2; round++) await start(rig, PARALLEL)
  expect(looks()).toBe(1)
})

test('a start and its plan share one discovery', async () => {
  const { rig, looks } = await startOnSim(true)
  await planned(rig, (await start(rig, PARALLEL)).id)
  expect(looks()).toBe(1)
  // The planner of a later scan runs its own discovery, so its start does not.
  await planned(rig, (await start(rig, PARALLEL)).id)
  expect(looks()).toBe(2)
})

test('30 simultaneous dry runs discover the cluster at most twice', async () => {
  // All requests arrive while the first discovery runs, also on a busy machine.
  const { rig, looks } = await startOnSim(false, { slow: { path: '/apis', delayMs: 3_000 } })
  const plans = Array.from({ length: 4 }, () =>
    rig.ask('/api/v1/scans', { json: { dryRun: true } }),
  )
  const lists = Array.from({ length: 26 }, () => rig.ask('/api/v1/resources'))
  const answers = await Promise.all([...plans, ...lists])
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
  // Describing may run one more discovery.
  expect(looks()).toBeLessThanOrEqual(2)
})

test('a start does not read a recently read manifest folder again', async () => {
  const folder = await newFolder()
  await writeCrdFolder(join(folder, 'crds'), 5)
  const rig = await startOn({ clusterFiles: join(folder, 'crds') })
  await start(rig, PARALLEL)
  await rename(join(folder, 'crds'), join(folder, 'elsewhere'))
  await start(rig, PARALLEL)
  // An unknown name causes a new reading of the folder.
  const response = await rig.ask('/api/v1/scans', { json: { include: ['unknown.example.com'] } })
  expect(await response.json()).toMatchObject({ code: 'CLUSTER_MISCONFIGURED' })
})

test('a recently added type is found by its name and by a pattern', async () => {
  const folder = await newFolder()
  const names = await writeCrdFolder(folder, 3)
  const rig = await startOn({ clusterFiles: folder })
  await start(rig, { include: ['widgets*'] })
  const more = await writeCrdFolder(folder, 4)
  const added = more.find((name) => !names.includes(name)) ?? ''
  const pattern = `${added.slice(0, -4)}*`
  for (const include of [[added], [pattern]]) {
    expect(await start(rig, { ...PARALLEL, include })).toMatchObject({ include })
  }
})

test('a start does not join a running scan that lacks a recently added type', async () => {
  const folder = await newFolder()
  await writeCrdFolder(folder, 3)
  const rig = await startOn({ clusterFiles: folder }, true)
  const first = await start(rig, {})
  await planned(rig, first.id)
  expect((await start(rig, {}, 200)).id).toBe(first.id)
  await writeCrdFolder(folder, 4)
  const second = await start(rig, {})
  expect(second.id).not.toBe(first.id)
  expect(await planned(rig, second.id)).toBe(4)
})

/** Bytes that a process has read from files and sockets. */
async function readBytes(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/io`, 'utf8')
  return Number(/rchar: (\d+)/.exec(text)?.[1])
}

test('20 simultaneous starts read 19 MB of manifests once', async ({ skip }) => {
  skip(process.platform !== 'linux', 'only Linux counts the bytes that a process reads')
  const folder = await newFolder()
  const [name = ''] = await writeCrdFolder(folder, 20)
  const manifest = await readFile(join(folder, `${name}.json`), 'utf8')
  const padding = ' '.repeat(950_000)
  for (let index = 0; index < 20; index++) {
    await writeFile(join(folder, `padded-${index}.json`), `${manifest}${padding}`)
  }
  const { url, keys } = testRedis()
  const api = await startTestProcess('api', {
    REDIS_URL: url,
    CAPSTAN_REDIS_PREFIX: keys.prefix,
    CAPSTAN_PROVIDER: 'demo',
    CAPSTAN_CLUSTER_FILES: folder,
    PORT: '0',
  })
  const before = await readBytes(api.pid)
  const headers = { 'content-type': 'application/json' }
  const starts = Array.from({ length: 20 }, () =>
    fetch(`${api.url}/api/v1/scans`, { method: 'POST', headers, body: JSON.stringify(PARALLEL) }),
  )
  const answers = await Promise.all(starts)
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202))
  const read = (await readBytes(api.pid)) - before
  expect(read).toBeGreaterThan(19_000_000)
  expect(read).toBeLessThan(30_000_000)
})
