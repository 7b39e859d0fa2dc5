import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { openTestBrowser } from '@capstan/testkit/browser/open-test-browser'
import { startDashboardStack } from './start-dashboard-stack.ts'

const FAULTS = [{ kind: 'refusal', matching: 'Secret' }] as const

async function press(page: Page, ...keys: string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key)
}

const awaitFocus = (page: Page, selector: string) => page.locator(`${selector}:focus`).waitFor()
const awaitTitle = (page: Page, name: string) =>
  page.getByRole('heading', { level: 1, name }).waitFor()
const closed = (page: Page) => page.locator('dialog[open]').waitFor({ state: 'detached' })

test('with the keyboard alone a person opens a scan, reads why a type failed, retries, searches and switches single keys off', async ({
  skip,
}) => {
  const stack = await startDashboardStack({ provider: { faults: [...FAULTS] } })
  const { url } = stack.api
  const { page, faults } = await openTestBrowser(url, skip)
  const id = await stack.scan({})
  await stack.settled(id)
  stack.provider.configure({})

  await page.goto(`${url}/ui/scans?status=partial`)
  await page.locator('.row-link').waitFor()
  await press(page, 'Tab')
  await awaitFocus(page, '.skip-link')
  await press(page, 'Enter')
  await awaitFocus(page, 'main')
  expect(page.url()).toBe(`${url}/ui/scans?status=partial`)

  await press(page, 'n')
  await awaitFocus(page, 'dialog textarea')
  await press(page, 'Escape')
  await closed(page)

  await press(page, 'j', 'Enter')
  await awaitTitle(page, 'partial')
  await press(page, 'f')
  await page.waitForURL(/status=failed/)
  await page.locator('.virtual td .bad-text').first().waitFor()
  await press(page, 'j')
  await awaitFocus(page, 'tr[data-index="0"] a')
  await press(page, 'j')
  await awaitFocus(page, 'tr[data-index="1"] a')
  await press(page, 'Enter')
  await page.getByText('The model refused to describe this type').first().waitFor()
  await page.locator('dialog.drawer[open] :focus').waitFor()
  await press(page, 'Escape')
  await closed(page)
  await awaitFocus(page, 'tr[data-index="1"] a')
  await press(page, 'r')
  await awaitTitle(page, 'succeeded')

  await press(page, 'g', 'c')
  await awaitTitle(page, 'Catalog')
  await press(page, '/')
  await awaitFocus(page, 'input[type=search]')
  await page.keyboard.type('job n g s')
  await page.locator('.entry mark').first().waitFor()
  expect(page.url()).toMatch(/catalog\?q=job/)

  await press(page, 'Tab', '?')
  await page.getByRole('dialog', { name: 'Keys' }).waitFor()
  await page.getByLabel('Use single keys').focus()
  await press(page, 'Space', 'Escape')
  await closed(page)
  await press(page, 'n', 'g', 's')
  await awaitTitle(page, 'Catalog')
  expect(await page.locator('dialog[open]').count()).toBe(0)
  expect(faults).toEqual([])
})
