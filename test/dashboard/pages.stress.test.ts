import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { findPageFaults } from '@capstan/testkit/browser/find-page-faults'
import { openTestBrowser, type SkipTest } from '@capstan/testkit/browser/open-test-browser'
import { until } from '@capstan/testkit/until'
import { startDashboardStack, type DashboardStack } from './start-dashboard-stack.ts'

/** A state of a page: its path below /ui/, and an element that the state has. */
type PageState = [name: string, path: string, has: string]

const WIDTHS = [1440, 360]

/** Opens each state in two widths, and reports all faults at once. */
async function checkStates(page: Page, url: string, states: PageState[]): Promise<string[]> {
  const faults: string[] = []
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 })
    for (const [name, path, has] of states) {
      await page.goto(`${url}/ui/${path}`)
      await page.locator(has).first().waitFor()
      for (const fault of await findPageFaults(page)) faults.push(`${name}, ${width} px: ${fault}`)
    }
  }
  return faults
}

async function openPages(stack: DashboardStack, skip: SkipTest) {
  const { url } = stack.api
  const browser = await openTestBrowser(url, skip)
  const check = (states: PageState[]) => checkStates(browser.page, url, states)
  return { ...browser, check }
}

/** Pages as they are before the first scan. */
const EMPTY: PageState[] = [
  ['no scan', 'scans', 'text=Start the first scan'],
  ['new scan without a provider', 'scans?new=*', '[role=alert]'],
  ['no such scan', 'scans/scan_0', 'text=There is no such scan'],
  ['empty catalog', 'catalog', 'text=The catalog is empty'],
  ['no cluster to compare', 'catalog/compare', 'text=The catalog has no cluster'],
  ['nothing covered', 'coverage', 'text=72 missing'],
  ['no provider', 'providers', 'text=No worker announces a provider'],
  ['no worker', 'queues', 'text=No worker is online'],
  ['no such page', 'nowhere', 'text=There is no such page'],
]

/** Pages that wait for their first answer. */
const WAITING: PageState[] = [
  'scans',
  'scans/scan_0',
  'scans/scan_0/diff',
  'catalog',
  'catalog?q=x',
]
  .concat(['catalog/compare', 'coverage', 'providers', 'queues', 'scans?new=*'])
  .map((path) => [`waiting ${path}`, path, 'body:has(h1) [aria-busy=true]'])

test('empty, waiting and unreachable pages have no fault of accessibility and fit into narrow windows', async ({
  skip,
}) => {
  const stack = await startDashboardStack({ worker: false })
  const { page, faults, check } = await openPages(stack, skip)
  expect(await check(EMPTY)).toEqual([])
  await page.route('**/api/v1/**', () => new Promise(() => undefined))
  expect(await check(WAITING)).toEqual([])
  await page.unrouteAll()
  await page.route('**/api/v1/**', (route) => route.abort())
  const lost = WAITING.map(([, path]): PageState => [`lost ${path}`, path, '[role=alert]'])
  expect(await check(lost)).toEqual([])
  expect(faults).toEqual([])
})

const FAULTS = [
  { kind: 'refusal', matching: 'Secret' },
  { kind: 'server-error', matching: 'ConfigMap', times: 1 },
] as const

test('pages of running and ended scans have no fault of accessibility and fit into narrow windows', async ({
  skip,
}) => {
  const stack = await startDashboardStack({ provider: { faults: [...FAULTS] } })
  const { faults, check } = await openPages(stack, skip)
  const ended = await stack.scan({})
  const { progress } = await stack.settled(ended)
  expect(progress.failed).toBeGreaterThan(0)
  const release = stack.provider.hold({ matching: '' })
  const running = await stack.scan({ mode: 'full', budget: { maxCostUsd: 5 }, include: ['*.apps'] })
  const paused = await stack.scan({ mode: 'full', include: ['*.batch'], onConflict: 'parallel' })
  await until('the plan', async () => (await stack.read(paused)).progress.total ?? undefined)
  const pause = await stack.ask(`/api/v1/scans/${paused}/pause`, { method: 'POST' })
  expect(pause.status, await pause.text()).toBe(202)
  await stack.ask('/api/v1/schedules/nightly', {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ cron: '0 3 * * *', scan: {} }),
  })
  const states: PageState[] = [
    ['a paused scan', `scans/${paused}`, 'button:has-text("Resume")'],
    ['scans', 'scans', 'text=partial'],
    ['new scan', 'scans?new=*', '.estimate-head'],
    ['new scan of nothing', 'scans?new=nothing.*', '[role=alert]'],
    ['no match', 'scans?status=canceled', 'text=No scan matches'],
    ['a running scan', `scans/${running}`, '.lane a'],
    ['a paused scan', `scans/${paused}`, 'button:has-text("Resume")'],
    ['an ended scan', `scans/${ended}?at=40`, '.replay'],
    ['types of a status', `scans/${ended}?status=failed`, 'td .bad-text'],
    ['no type', `scans/${ended}?q=nothing`, 'text=No type matches'],
    ['a failed type', `scans/${ended}?item=secrets`, '.drawer .outline'],
    ['an answer', `scans/${ended}?item=deployments.apps`, '.drawer .answer'],
    ['changes', `scans/${ended}/diff`, 'text=Back to the scan'],
    ['catalog', 'catalog', '.entry'],
    ['search', 'catalog?q=database', '.entry mark'],
    ['nothing found', 'catalog?q=zzzz', 'text=No type matches'],
    ['a type', 'catalog?type=deployments.apps', '.drawer .answer'],
    ['coverage', 'coverage', '.groups'],
    ['an API group', 'coverage?group=core', '.drawer li'],
    ['providers', 'providers', 'text=Test the key'],
    ['queues', 'queues', 'text=nightly'],
  ]
  expect(await check(states)).toEqual([])
  release()
  expect(faults).toEqual([])
})
