import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { openTestBrowser } from '@capstan/testkit/browser/open-test-browser'
import { expectSameCounts } from './expect-same-counts.ts'
import { startDashboardStack, type DashboardStack } from './start-dashboard-stack.ts'

const DAY_SECONDS = 86_400
const CORRECTION = 'Keeps the passwords of the canary team.'

/** The provider requests a pause of a day, and its content filter refuses types with secrets. */
const FAULTS = [
  { kind: 'rate-limited', matching: 'Ingress', times: 1, retryAfter: DAY_SECONDS },
  { kind: 'refusal', matching: 'Secret' },
] as const

const findButton = (page: Page, name: string | RegExp) => page.getByRole('button', { name })
const shown = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor()

/** From the printed link to a running scan. Returns the id of the scan. */
async function startFirstScan(page: Page, url: string): Promise<string> {
  await page.goto(`${url}/`)
  await findButton(page, 'Start the first scan').click()
  const patterns = page.getByLabel('Types', { exact: false }).first()
  await patterns.fill('nothing.*')
  await shown(page, /matches no type/)
  expect(await findButton(page, 'Start the scan').isDisabled()).toBe(true)
  await patterns.fill('*.k8s.io')
  await shown(page, /^about \$\d/)
  await patterns.fill('')
  await shown(page, /66 types match in demo/)
  await findButton(page, 'Start the scan').click()
  await page.waitForURL(/\/ui\/scans\/scan_[0-9a-f]+$/)
  return page.url().split('/').at(-1) ?? 'none'
}

/** Finds why types failed, corrects the provider, tests its key, and repeats the group. */
async function retryFailures(page: Page, { provider }: DashboardStack, id: string): Promise<void> {
  const card = page.getByRole('article').filter({ hasText: '× refused' })
  await card.getByRole('button', { name: 'Show' }).click()
  await page.getByRole('link', { name: 'secrets', exact: true }).click()
  const drawer = page.getByRole('dialog', { name: 'secrets' })
  await drawer.getByText('The model refused to describe this type').first().waitFor()
  await drawer.getByText('Try another model, or exclude the type.').waitFor()
  await page.keyboard.press('Escape')
  await drawer.waitFor({ state: 'detached' })

  provider.configure({})
  await page.getByRole('link', { name: 'Providers' }).click()
  await findButton(page, 'Test the key').first().click()
  await shown(page, 'a valid answer')
  await page.goBack()
  await page.waitForURL(new RegExp(id))
  await findButton(page, /^Retry these \d+$/).click()
  await page.getByRole('heading', { level: 1, name: 'succeeded' }).waitFor()
}

async function correctAnswer(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Catalog' }).click()
  const search = page.getByRole('searchbox', { name: /Search by need/ })
  await search.fill('passwords and tokens of pods')
  await page.getByRole('heading', { name: 'Matches', exact: true }).waitFor()
  await page.locator('.entry', { hasText: 'secrets' }).first().getByRole('link').click()
  const drawer = page.getByRole('dialog', { name: 'secrets' })
  await drawer.getByRole('button', { name: 'Correct it' }).click()
  await drawer.getByLabel('Description').fill(CORRECTION)
  await drawer.getByLabel('Reason of the correction').fill('wrong team')
  await drawer.getByRole('button', { name: 'Save the correction' }).click()
  await drawer.getByText(CORRECTION, { exact: true }).waitFor()
  await drawer.getByText(/Corrected by local/).waitFor()
  // The address holds the state.
  await page.reload()
  await drawer.getByText(CORRECTION, { exact: true }).waitFor()
  await page.keyboard.press('Escape')
  await search.fill('canary team')
  await page.locator('.entry', { hasText: CORRECTION }).first().waitFor()
}

async function download(page: Page): Promise<{ resource: string; status: string }[]> {
  await findButton(page, 'More actions').click()
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'JSON' }).click(),
  ])
  return JSON.parse(await readFile(await file.path(), 'utf8'))
}

test('a person starts a scan, ends a pause, finds why types failed, corrects the provider, retries, searches, corrects an answer and downloads', async ({
  skip,
}) => {
  const stack = await startDashboardStack({ provider: { faults: [...FAULTS] } })
  const { url } = stack.api
  const { page, faults } = await openTestBrowser(url, skip)

  const id = await startFirstScan(page, url)
  await shown(page, /Calls of account anthropic wait for 23 h/)
  await findButton(page, 'End this pause').click()
  await page.getByRole('heading', { level: 1, name: 'partial' }).waitFor()
  const partial = await stack.settled(id)
  expect(partial.progress.failed).toBeGreaterThan(0)
  await expectSameCounts(page, partial)

  await retryFailures(page, stack, id)
  const scan = await stack.settled(id)
  expect(scan.progress).toMatchObject({ total: 66, succeeded: 66, failed: 0 })
  await expectSameCounts(page, scan)

  expect(await download(page)).toHaveLength(66)
  await correctAnswer(page)
  expect(faults).toEqual([])
})
