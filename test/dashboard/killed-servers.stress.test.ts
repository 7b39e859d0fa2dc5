import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { Scan } from '@capstan/shared/contract/scan/scan'
import { openTestBrowser } from '@capstan/testkit/browser/open-test-browser'
import { until } from '@capstan/testkit/until'
import { expectSameCounts } from './expect-same-counts.ts'
import { startFragileStack } from './start-fragile-stack.ts'

/** Types of the demo cluster, and those in two of its API groups. */
const TYPES = 66
const HELD = { 'tidewater.example': 4, 'riverbed.example': 3 }

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
  await page.getByText(`as of event ${first.lastSeq}`, { exact: true }).waitFor()
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
