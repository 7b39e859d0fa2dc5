import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { openTestBrowser } from '@capstan/testkit/browser/open-test-browser'
import { startReverseProxy } from '@capstan/testkit/network/start-reverse-proxy'
import { until } from '@capstan/testkit/until'
import { expectSameCounts } from './expect-same-counts.ts'
import { startDashboardStack, type DashboardStack } from './start-dashboard-stack.ts'

/** Types of the demo cluster, and those in two of its API groups. */
const TYPES = 66
const HELD = { 'tidewater.example': 4, 'riverbed.example': 3 }

const live = (page: Page) => page.getByText('live', { exact: true }).waitFor()
const polling = (page: Page) => page.getByText('polling every 5 s').waitFor()

/** Waits until all types have ended but those whose calls are held. */
async function rest({ read }: DashboardStack, id: string, held: number): Promise<Scan> {
  return until(`a scan with ${held} held types`, async () => {
    const scan = await read(id)
    return scan.progress.finished === TYPES - held ? scan : undefined
  })
}

/** Waits until the server counts one open stream. */
async function awaitOneStream({ ask }: DashboardStack): Promise<void> {
  await until('one stream', async () =>
    (await (await ask('/metrics')).text()).includes('\ncapstan_sse_connections 1\n')
      ? true
      : undefined,
  )
}

/** Opens the list of scans, then the scan in four tabs, then a scan that does not exist. */
async function openSixTabs(url: string, id: string, open: () => Promise<Page>): Promise<Page[]> {
  const tabs: Page[] = []
  for (const path of ['', ...Array.from({ length: 4 }, () => `/${id}`), '/scan_0']) {
    const tab = await open()
    await tab.goto(`${url}/ui/scans${path}`)
    await live(tab)
    tabs.push(tab)
  }
  return tabs
}

test('six tabs share one stream of events, none misses an event when the leader closes, and below a proxy that collects responses, or falls silent, a page polls', async ({
  skip,
}) => {
  let collects = true
  const stack = await startDashboardStack()
  const { url } = stack.api
  const proxy = await startReverseProxy(url, {
    prefix: '',
    strips: false,
    collects: () => collects,
  })
  const { page: behindProxy, newTab, faults } = await openTestBrowser([url, proxy], skip)
  const releases = Object.keys(HELD).map((matching) => stack.provider.hold({ matching }))
  const id = await stack.scan({})

  const [leader, ...others] = await openSixTabs(url, id, newTab)
  const onScan = others.slice(0, 4)
  await onScan[0]?.getByText('Events', { exact: true }).click()
  const first = await rest(stack, id, 7)
  for (const tab of onScan) await expectSameCounts(tab, first)
  await awaitOneStream(stack)

  releases[0]?.()
  await leader?.close()
  const second = await rest(stack, id, HELD['riverbed.example'])
  for (const tab of onScan) await expectSameCounts(tab, second)
  for (const tab of others) await live(tab)
  await awaitOneStream(stack)

  await behindProxy.clock.install()
  await behindProxy.goto(`${proxy}/ui/scans/${id}`)
  await polling(behindProxy)
  releases[1]?.()
  const last = await stack.settled(id)
  expect(last.progress).toMatchObject({ total: TYPES, succeeded: TYPES })
  for (const tab of [...onScan, behindProxy]) await expectSameCounts(tab, last)
  const answers = onScan[0]?.locator('.log li').filter({ hasText: 'has an answer' })
  await until('all events in the log', async () =>
    (await answers?.count()) === TYPES ? true : undefined,
  )
  await polling(behindProxy)
  collects = false
  await live(behindProxy)
  collects = true
  await behindProxy.clock.fastForward('01:00')
  await polling(behindProxy)
  expect(faults).toEqual([])
})

test('the stream follows the scan of a tab until the tab crashes', async ({ skip }) => {
  const stack = await startDashboardStack()
  const { url } = stack.api
  const { page: leader, newTab } = await openTestBrowser([url], skip)
  const id = await stack.scan({})
  await stack.settled(id)
  const followed: string[] = []
  leader.on('request', (request) => {
    const topics = new URL(request.url()).searchParams.get('topics')
    if (topics !== null) followed.push(topics)
  })
  await leader.goto(`${url}/ui/scans`)
  await live(leader)
  const tab = await newTab()
  await tab.goto(`${url}/ui/scans/${id}`)
  await until('a stream with the scan of the tab', async () =>
    followed.at(-1)?.includes(id) ? true : undefined,
  )
  const session = await tab.context().newCDPSession(tab)
  const crashed = tab.waitForEvent('crash')
  session.send('Page.crash').catch(() => undefined)
  await crashed
  await until('a stream without the scan of the crashed tab', async () =>
    followed.at(-1)?.includes(id) ? undefined : true,
  )
  await awaitOneStream(stack)
  expect(followed.at(-1)).toBe('providers,queue,scans')
})
