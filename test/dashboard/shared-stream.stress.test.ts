import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { openTestBrowser } from '@capstan/testkit/browser/open-test-browser'
import { until } from '@capstan/testkit/until'
import { expectSameCounts } from './expect-same-counts.ts'
import { startDashboardStack } from './start-dashboard-stack.ts'

const TABS = 6
/** Types in two API groups of the demo cluster. */
const HELD = 7

const isStream = (url: string): boolean => url.includes('/api/v1/events?')

/** Streams of events that are open, with their tabs. */
function watchStreams() {
  const open = new Map<unknown, Page>()
  const watch = (tab: Page): void => {
    tab.on('request', (request) => isStream(request.url()) && open.set(request, tab))
    tab.on('requestfinished', (request) => open.delete(request))
    tab.on('requestfailed', (request) => open.delete(request))
  }
  const awaitOne = (tabs: Page[]) =>
    until('one open stream', () => {
      const streams = [...open.values()].filter((tab) => tabs.includes(tab))
      return streams.length === 1 ? true : undefined
    })
  return { watch, awaitOne }
}

test(`${TABS} tabs share one stream of events, and another tab takes over when the leader is closed`, async ({
  skip,
}) => {
  const stack = await startDashboardStack()
  const { url } = stack.api
  const browser = await openTestBrowser(url, skip)
  const releases = ['tidewater.example', 'riverbed.example'].map((matching) =>
    stack.provider.hold({ matching }),
  )
  const { watch, awaitOne } = watchStreams()
  const id = await stack.scan({})
  const tabs: Page[] = []
  for (let n = 0; n < TABS; n++) {
    const tab = await browser.newTab()
    watch(tab)
    await tab.goto(`${url}/ui/scans/${id}`)
    await tab.getByText('live', { exact: true }).waitFor()
    tabs.push(tab)
  }
  const held = await until('the held types', async () => {
    const scan = await stack.read(id)
    return scan.progress.finished === (scan.progress.total ?? 0) - HELD ? scan : undefined
  })
  for (const tab of tabs) await expectSameCounts(tab, held)
  await awaitOne(tabs)

  const [leader, ...others] = tabs
  await leader?.close()
  for (const release of releases) release()
  const ended = await stack.settled(id)
  expect(ended.status).toBe('succeeded')
  for (const tab of others) await expectSameCounts(tab, ended)
  await awaitOne(others)
  expect(browser.faults).toEqual([])
})
