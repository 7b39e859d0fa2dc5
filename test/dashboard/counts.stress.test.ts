import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import type { Progress } from '@capstan/shared/contract/scan/progress'
import { ProgressAt } from '@capstan/shared/contract/scan/progress-at'
import { Scan } from '@capstan/shared/contract/scan/scan'
import { openTestBrowser } from '@capstan/testkit/browser/open-test-browser'
import { until } from '@capstan/testkit/until'
import { readBarCounts } from './read-bar-counts.ts'
import { readShownCounts } from './read-shown-counts.ts'
import { startDashboardStack } from './start-dashboard-stack.ts'
import { startFragileStack } from './start-fragile-stack.ts'

const TYPES = 66
/** Types of two API groups whose calls are held, so that the scan goes on while servers are killed. */
const HELD = { 'tidewater.example': 4, 'riverbed.example': 3 }
const PARTS = ['succeeded', 'failed', 'skipped', 'canceled', 'running', 'retrying'] as const

function labelBar(progress: Progress): string {
  const parts = PARTS.filter((part) => progress[part] > 0)
  const text = parts.map((part) => `${progress[part]} ${part}`).join(', ')
  return `${text || 'nothing finished'} of ${progress.total}`
}

async function readProgressAt(url: string, id: string, seq: number): Promise<Progress> {
  const response = await fetch(`${url}/api/v1/scans/${id}/progress?at=${seq}`)
  const answer: unknown = await response.json()
  expect(response.status, JSON.stringify(answer)).toBe(200)
  return ProgressAt.parse(answer).progress
}

async function readScan(url: string, id: string): Promise<Scan | undefined> {
  const response = await fetch(`${url}/api/v1/scans/${id}`).catch(() => undefined)
  return response?.ok ? Scan.parse(await response.json()) : undefined
}

/** Two tabs that show the counts of one scan. */
interface Shown {
  url: string
  id: string
  scan: Page
  list: Page
}

/** Compares both tabs as they are now with the server at their event numbers. Returns those numbers. */
async function compareOnce({ url, id, scan, list }: Shown): Promise<number[]> {
  const seqs: number[] = []
  const shown = await readShownCounts(scan)
  if (shown !== undefined) {
    const progress = await readProgressAt(url, id, shown.seq)
    const percent = Math.floor(progress.percent)
    expect(shown.progress, `event ${shown.seq}`).toEqual({ ...progress, percent })
    seqs.push(shown.seq)
  }
  const row = await readBarCounts(list, `tr[data-scan="${id}"]`)
  if (row !== undefined) {
    const progress = await readProgressAt(url, id, row.seq)
    expect(row.bar, `event ${row.seq} of the list`).toBe(labelBar(progress))
    expect(row.text).toContain(`${progress.finished} of ${progress.total}`)
    seqs.push(row.seq)
  }
  return seqs
}

/** Compares again and again until `enough` types have finished. Returns the compared event numbers. */
async function compareUntil(shown: Shown, enough: number): Promise<Set<number>> {
  const compared = new Set<number>()
  await until(`${enough} finished types on both pages`, async () => {
    for (const seq of await compareOnce(shown)) compared.add(seq)
    const progress = (await readShownCounts(shown.scan))?.progress
    const row = await readBarCounts(shown.list, `tr[data-scan="${shown.id}"]`)
    const listed = Number(/(\d+) of \d+/.exec(row?.text ?? '')?.[1])
    return (progress?.finished ?? 0) >= enough && listed >= enough ? true : undefined
  })
  return compared
}

/** Compares the replay of an ended scan at its first and last event, and at some between. */
async function compareReplay({ url, id, scan }: Shown, { lastSeq }: Scan): Promise<void> {
  for (const at of [1, 2, Math.floor(lastSeq / 3), Math.floor(lastSeq / 2), lastSeq - 1, lastSeq]) {
    await scan.goto(`${url}/ui/scans/${id}?at=${at}`)
    const shown = await until(`event ${at} in the replay`, async () => {
      const read = await readBarCounts(scan, '.replay')
      return read?.seq === at ? read : undefined
    })
    const progress = await readProgressAt(url, id, at)
    expect(shown.bar, `event ${at} of the replay`).toBe(labelBar(progress))
    expect(shown.text).toContain(`${progress.finished} of ${progress.total} finished`)
    expect(shown.text).toContain(`${progress.running} running, ${progress.failed} failed`)
  }
}

test('while a scan runs, every page with its counts shows those of the server at the same event, also after API and Redis were killed, and so does the replay', async ({
  skip,
}) => {
  const latency = { kind: 'uniform', minMs: 300, maxMs: 600 } as const
  const { redis, provider, api, startApi, url } = await startFragileStack({ latency }, 8)
  const releases = Object.keys(HELD).map((matching) => provider.hold({ matching }))
  const { page, newTab, faults } = await openTestBrowser(url, skip)
  const list = await newTab()
  await list.goto(`${url}/ui/scans`)
  const started = await fetch(`${url}/api/v1/scans`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
  const { id } = (await started.json()) as { id: string }
  await page.goto(`${url}/ui/scans/${id}`)
  const shown = { url, id, scan: page, list }
  const first = await compareUntil(shown, 10)

  const release = provider.hold({ matching: '' })
  await api.stop('SIGKILL')
  await page.locator('main.stale').waitFor()
  await startApi()
  await page.locator('main:not(.stale)').waitFor()
  await compareOnce(shown)
  release()
  const second = await compareUntil(shown, TYPES - 7)

  releases[0]?.()
  await redis.kill()
  await page.getByRole('button', { name: 'not ready' }).waitFor()
  await redis.restart()
  releases[1]?.()
  const ended = await until('the end of the scan', async () => {
    const scan = await readScan(url, id)
    if (scan !== undefined) await compareOnce(shown)
    return scan?.done ? scan : undefined
  })
  const last = await compareUntil(shown, TYPES)
  expect(Math.max(...first)).toBeLessThanOrEqual(Math.max(...second))
  expect(Math.max(...second)).toBeLessThan(ended.lastSeq)
  expect(Math.max(...last)).toBe(ended.lastSeq)
  await compareReplay(shown, ended)
  expect(faults).toEqual([])
})

test('while calls hang, the page shows a wide band and since when no answer came, never 0:00', async ({
  skip,
}) => {
  const stack = await startDashboardStack()
  const { url } = stack.api
  const { page, faults } = await openTestBrowser(url, skip)
  const release = stack.provider.hold({ matching: 'tidewater.example' })
  const id = await stack.scan({})
  await page.goto(`${url}/ui/scans/${id}`)
  const timeLeft = page.locator('.figure', { hasText: 'Time left' })
  await timeLeft.getByText(/waiting for answers: none for 0:\d\d/).waitFor()
  const { eta, progress } = await stack.read(id)
  expect(progress).toMatchObject({ queued: 0, retrying: 0 })
  expect(eta.silentSeconds).toBeGreaterThan(1)
  expect(eta.seconds).toBeGreaterThanOrEqual(eta.silentSeconds ?? Infinity)
  const shown = await timeLeft.textContent()
  const times = [...(shown ?? '').matchAll(/\d+:\d\d/g)].map(([time]) => time)
  expect(times).toHaveLength(4)
  expect(times).not.toContain('0:00')
  release()
  await page.getByRole('heading', { level: 1, name: 'succeeded' }).waitFor()
  expect(faults).toEqual([])
})
