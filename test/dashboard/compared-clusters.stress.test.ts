import { expect, test } from 'vitest'
import { openTestBrowser } from '@capstan/testkit/browser/open-test-browser'
import { makeCapability } from '@capstan/testkit/make-capability'
import { startDashboardStack } from './start-dashboard-stack.ts'

/** More than one page of each kind. */
const TYPES = 250

function listRows() {
  return Array.from({ length: TYPES }, (_, index) => [
    makeCapability({ cluster: 'east', kind: `Only${index}` }),
    makeCapability({ cluster: 'east', kind: `Both${index}` }),
    makeCapability({ cluster: 'west', kind: `Both${index}`, complexity: 'high' }),
  ]).flat()
}

test('two clusters with more differences than a page holds show all of them, page by page', async ({
  skip,
}) => {
  const stack = await startDashboardStack({ worker: false })
  const { url } = stack.api
  const { page, faults } = await openTestBrowser(url, skip)
  const imported = await stack.ask('/api/v1/capabilities/import', {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: listRows()
      .map((row) => JSON.stringify(row))
      .join('\n'),
  })
  expect(imported.status, await imported.text()).toBe(200)
  await page.goto(`${url}/ui/catalog/compare?a=east&b=west`)
  for (const [section, row] of [
    ['Only in east', 'li'],
    ['Other answers', 'tbody tr'],
  ] as const) {
    const part = page.getByRole('region', { name: section })
    await part.getByText('200 of 250', { exact: true }).waitFor()
    expect(await part.locator(row).count()).toBe(200)
    await part.getByRole('button', { name: 'Show more' }).click()
    await part.getByRole('button', { name: 'Show more' }).waitFor({ state: 'detached' })
    const names = await part.locator(`${row} a`).allTextContents()
    expect(new Set(names).size).toBe(TYPES)
  }
  expect(await page.getByRole('region', { name: 'Only in west' }).getByText('none').count()).toBe(1)
  expect(faults).toEqual([])
})
