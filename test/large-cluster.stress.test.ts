import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { testClusterSim } from '@capstan/testkit/cluster-sim'
import { writeCrdFolder } from '@capstan/testkit/crd-folder'
import { testRedis } from '@capstan/testkit/redis'
import { startProcess, type RunningProcess } from '@capstan/testkit/start-process'
import { until } from '@capstan/testkit/until'

const CUSTOM = 1_000
const PAGE = 100
const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'

test(`${CUSTOM} types are read once; a second scan makes four small requests, no model call, and adds no job`, async () => {
  const { api, sim, jobsEver, ahead } = await arrange()
  const first = await scanAll(api.url)
  expect(first.progress).toMatchObject({ skipped: 0, failed: 0 })
  expect(first.progress.succeeded).toBe(first.progress.total)
  expect(first.progress.total).toBeGreaterThan(CUSTOM)
  expect(first.usage).toMatchObject({ calls: 0, curatedAnswers: 0 })
  const ofScan = sim.requests().slice(ahead)
  const paths = ofScan.map(({ path }) => path)
  expect(paths.filter((path) => path === CRDS)).toHaveLength(1)
  expect(paths.filter((path) => path.startsWith(`${CRDS}?limit=${PAGE}`))).toHaveLength(
    CUSTOM / PAGE,
  )
  expect(paths.filter((path) => path.startsWith(`${CRDS}/`))).toEqual([])
  const documents = paths.filter((path) => path.startsWith('/openapi/v3/'))
  expect(documents.filter((path) => path.includes('example.com'))).toEqual([])
  expect(new Set(documents).size).toBe(documents.length)
  // Discovery precedes the response to POST and also serves the plan, which reads names, pages, index and
  // documents.
  expect(paths).toHaveLength(2 + 1 + CUSTOM / PAGE + 1 + documents.length)

  const asked = sim.requests().length
  const jobs = await jobsEver()
  const second = await scanAll(api.url)
  expect(second.progress).toMatchObject({
    total: first.progress.total,
    skipped: first.progress.total,
    succeeded: 0,
    failed: 0,
  })
  expect(second.usage).toMatchObject({ calls: 0, inputTokens: 0, outputTokens: 0 })
  expect(await jobsEver()).toBe(jobs)
  const again = sim.requests().slice(asked)
  expect(again.map(({ path, status }) => `${status} ${path}`).toSorted()).toEqual([
    `200 ${CRDS}`,
    '304 /api',
    '304 /apis',
    '304 /openapi/v3',
  ])
})

async function arrange() {
  const directory = await mkdtemp(join(tmpdir(), 'capstan-large-'))
  await writeCrdFolder(join(directory, 'crds'), CUSTOM)
  const sim = await testClusterSim({ cluster: join(directory, 'crds') })
  const kubeconfig = join(directory, 'kubeconfig')
  await writeFile(kubeconfig, sim.kubeconfig)
  const { url, keys } = testRedis()
  const redis = new Redis(url)
  const shared = { REDIS_URL: url, CAPSTAN_REDIS_PREFIX: keys.prefix, CAPSTAN_PROVIDER: 'demo' }
  const started: RunningProcess[] = []
  onTestFinished(async () => {
    for (const one of started) await one.stop('SIGKILL')
    redis.disconnect()
    await rm(directory, { recursive: true, force: true })
  })
  const api = await startProcess('api', { ...shared, KUBECONFIG: kubeconfig, PORT: '0' })
  started.push(api)
  started.push(await startProcess('worker', { ...shared, CAPSTAN_CONCURRENCY: '20' }))
  // Every job that is added or moved leaves an event here, so an equal count means that there was none.
  const jobsEver = () => entriesEver(redis, `${keys.bullPrefix}:infer-demo:events`)
  await until('the look of the API ahead of the first scan', () =>
    sim.requests().some(({ path, status }) => path === CRDS && status === 200) ? true : undefined,
  )
  return { api, sim, jobsEver, ahead: sim.requests().length }
}

async function entriesEver(redis: Redis, stream: string): Promise<number> {
  const facts: unknown = await redis.xinfo('STREAM', stream)
  if (!Array.isArray(facts)) throw new Error(`${stream} is no stream`)
  return Number(facts[facts.indexOf('entries-added') + 1])
}

/** Scans everything and returns the finished scan. */
async function scanAll(url: string): Promise<Scan> {
  const headers = { 'content-type': 'application/json' }
  const started = await fetch(`${url}/api/v1/scans`, { method: 'POST', headers, body: '{}' })
  expect(started.status).toBe(202)
  const { links } = (await started.json()) as Scan
  return until('the end of the scan', async () => {
    const scan = (await (await fetch(`${url}${links.self}`)).json()) as Scan
    return scan.done ? scan : undefined
  })
}
