import type { Page } from 'playwright-core'
import { expect, onTestFinished, test } from 'vitest'
import { Scan } from '@capstan/shared/contract/scan/scan'
import { testClusterSim } from '@capstan/testkit/cluster-sim'
import { openTestBrowser } from '@capstan/testkit/browser/open-test-browser'
import { startTestApp } from '@capstan/testkit/app-host/start-test-app'
import { ownPort } from '@capstan/testkit/own-port'
import { startOwnRedis } from '@capstan/testkit/own-redis'
import { testProviderSim } from '@capstan/testkit/provider-sim'
import { startTestProcess } from '@capstan/testkit/start-test-process'
import { until } from '@capstan/testkit/until'
import { temporaryFile } from '../test-stack.ts'
import { expectSameCounts } from './expect-same-counts.ts'

/** Types of the demo cluster, and those in two of its API groups. */
const TYPES = 66
const HELD = { 'tidewater.example': 4, 'riverbed.example': 3 }

/** An API process on a port of its own, so that it can be killed and started again, over a Redis of its own. */
async function startFragileStack() {
  const redis = await startOwnRedis()
  onTestFinished(() => redis.stop())
  const cluster = await testClusterSim()
  const provider = await testProviderSim()
  const environment = { REDIS_URL: redis.url, HOME: '/nowhere' }
  const port = String(await ownPort())
  const kubeconfig = await temporaryFile('kubeconfig', cluster.kubeconfig)
  const startApi = () =>
    startTestProcess('api', { ...environment, PORT: port, KUBECONFIG: kubeconfig })
  const api = await startApi()
  await startTestApp('worker', {
    ...environment,
    PORT: '0',
    ANTHROPIC_API_KEY: 'sk-ant-killed-0000000000000000',
    ANTHROPIC_BASE_URL: provider.url,
    ANTHROPIC_LIMITS: 'concurrency=1000',
    CAPSTAN_CONCURRENCY: '80',
  })
  return { redis, provider, api, startApi, url: api.url }
}

async function readScan(url: string, id: string): Promise<Scan | undefined> {
  const response = await fetch(`${url}/api/v1/scans/${id}`).catch(() => undefined)
  return response?.ok ? Scan.parse(await response.json()) : undefined
}

/** Waits until all types have ended but those whose calls are held. */
async function rest(url: string, id: string, held: number): Promise<Scan> {
  return until(`a scan with ${held} held types`, async () => {
    const scan = await readScan(url, id)
    return scan && scan.progress.finished === TYPES - held ? scan : undefined
  })
}

async function stale(page: Page): Promise<void> {
  await page.locator('main.stale').waitFor()
  await page.getByText(/reconnecting in \d+ s, data is .+ old/).waitFor()
}

const fresh = (page: Page) => page.locator('main:not(.stale)').waitFor()

test('while API and Redis are killed and started again during a scan, its page stays, turns grey, heals, and has the counters of each event', async ({
  skip,
}) => {
  const { redis, provider, api, startApi, url } = await startFragileStack()
  const releases = Object.keys(HELD).map((matching) => provider.hold({ matching }))
  const { page, faults } = await openTestBrowser(url, skip)
  await page.goto(`${url}/ui/scans?new=*`)
  await page.getByRole('button', { name: 'Start the scan' }).click()
  await page.waitForURL(/\/ui\/scans\/scan_[0-9a-f]+$/)
  const id = page.url().split('/').at(-1) ?? 'none'
  const first = await rest(url, id, 7)
  await expectSameCounts(page, first)

  await api.stop('SIGKILL')
  await stale(page)
  await expectSameCounts(page, first)
  releases[0]?.()
  await startApi()
  const second = await rest(url, id, HELD['riverbed.example'])
  await expectSameCounts(page, second)
  await fresh(page)

  await redis.kill()
  await page.getByRole('button', { name: 'not ready' }).waitFor()
  await expectSameCounts(page, second)
  releases[1]?.()
  await redis.restart()
  const last = await until('the end of the scan', async () => {
    const scan = await readScan(url, id)
    return scan?.done ? scan : undefined
  })
  expect(last.progress).toMatchObject({ total: TYPES, succeeded: TYPES })
  await expectSameCounts(page, last)
  await fresh(page)
  expect(page.url()).toBe(`${url}/ui/scans/${id}`)
  expect(faults).toEqual([])
})
