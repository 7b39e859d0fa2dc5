import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { openTestBrowser } from '@capstan/testkit/browser/open-test-browser'
import { startDashboardStack } from './start-dashboard-stack.ts'

const FAULTS = [
  { kind: 'refusal', matching: 'Secret' },
  { kind: 'too-long', matching: 'HTTPRoute' },
] as const

const readNames = (page: Page): Promise<string[]> =>
  page.locator('.virtual tbody tr:not(.gap) td:first-child a').allTextContents()
const awaitTitle = (page: Page, name: string) =>
  page.getByRole('heading', { level: 1, name }).waitFor()

test('an ended scan lists failed types first, and a link opens the same order, filter and event log in another tab', async ({
  skip,
}) => {
  const stack = await startDashboardStack({ provider: { faults: [...FAULTS] } })
  const { url } = stack.api
  const browser = await openTestBrowser(url, skip)
  const { page, faults } = browser
  const id = await stack.scan({})
  const { progress, lastSeq } = await stack.settled(id)
  const failed = (await stack.items(id)).filter(({ status }) => status === 'failed')
  expect(failed.length).toBe(progress.failed)

  await page.goto(`${url}/ui/scans/${id}`)
  await page.locator('.virtual td .bad-text').first().waitFor()
  const first = (await readNames(page)).slice(0, failed.length)
  expect(first.toSorted()).toEqual(failed.map(({ resource }) => resource).toSorted())

  await page.getByLabel('Order of types').selectOption('by name')
  await page.getByRole('searchbox', { name: 'Search types' }).fill('example')
  await page.locator('summary', { hasText: 'Events' }).click()
  await page.getByText('the scan ended: partial').waitFor()
  await page.waitForURL(({ searchParams }) => searchParams.get('q') === 'example')
  const { searchParams } = new URL(page.url())
  expect(Object.fromEntries(searchParams)).toEqual({ sort: 'resource', q: 'example', log: 'open' })
  const other = await browser.newTab()
  await other.goto(page.url())
  await other.getByText('the scan ended: partial').waitFor()
  await other.locator('.virtual tbody a').first().waitFor()
  const shown = await readNames(other)
  expect(shown.length).toBeGreaterThan(0)
  expect(shown).toEqual(shown.toSorted())
  expect(shown.every((name) => name.includes('example'))).toBe(true)

  await page.getByRole('button', { name: 'More actions' }).click()
  await page.getByRole('button', { name: 'Copy the link to this view' }).waitFor()
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'JSON lines' }).click(),
  ])
  expect(file.suggestedFilename()).toBe(`${id}-events.ndjson`)
  const events = (await readFile(await file.path(), 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; data: { seq: number } })
  expect(events.at(-1)).toMatchObject({ type: 'scan.finished', data: { seq: lastSeq } })
  expect(faults).toEqual([])
})

test('a retry of one reason shows its run, its progress and what failed again', async ({
  skip,
}) => {
  const stack = await startDashboardStack({ provider: { faults: [...FAULTS] } })
  const { page, faults } = await openTestBrowser(stack.api.url, skip)
  const id = await stack.scan({})
  const { failures } = await stack.settled(id)
  const count = failures.byReason['refused'] ?? 0
  await page.goto(`${stack.api.url}/ui/scans/${id}`)
  const release = stack.provider.hold({ matching: '' })
  await page.getByRole('button', { name: `Retry these ${count}` }).click()
  await page.getByText(`Run 2 repeats ${count} types`).waitFor()
  await page.getByText(`0 of ${count}`, { exact: true }).waitFor()
  await page.getByRole('region', { name: 'Limits' }).getByText('Calls in flight').waitFor()
  release()
  await awaitTitle(page, 'partial')
  await page.getByText(`Run 2 repeated ${count} types`).waitFor()
  await page.getByRole('link', { name: `${count} types failed again` }).click()
  await page.waitForURL(/status=failed/)
  expect(faults).toEqual([])
})

test('at 360 px the header leaves most of the screen to the page, and hides no page', async ({
  skip,
}) => {
  const stack = await startDashboardStack()
  const { page, faults } = await openTestBrowser(stack.api.url, skip, { width: 360, height: 740 })
  await page.goto(`${stack.api.url}/ui/scans`)
  await awaitTitle(page, 'Scans')
  await page.getByText('live', { exact: true }).waitFor()
  const { height } = (await page.locator('.header').boundingBox()) ?? { height: Infinity }
  expect(height).toBeLessThanOrEqual(740 / 7)
  const nav = page.getByRole('navigation', { name: 'Pages' })
  await nav.getByRole('link', { name: 'Queues' }).click()
  await awaitTitle(page, 'Queues and workers')
  expect(faults).toEqual([])
})
