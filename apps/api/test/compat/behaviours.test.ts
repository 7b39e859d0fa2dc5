import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'

const ROOT = new URL('../../../../', import.meta.url)
const ROW = /^\| ((?:[A-Z]+\d*(?:-\d+)?(?:, )?)+) \| .* \| `([^`]+\.test\.ts)` \|$/gm

test('every behavior id of the page has a test in the file that the page lists', async () => {
  const page = await readFile(new URL('docs/migrating-from-dot-ai.md', ROOT), 'utf8')
  const promised = [...page.matchAll(ROW)].flatMap(([, ids = '', file = '']) =>
    ids.split(', ').map((id) => ({ id, file })),
  )
  expect(promised.length).toBeGreaterThan(50)
  for (const { id, file } of promised) {
    const source = await readFile(new URL(file, ROOT), 'utf8')
    expect(source, `${id} in ${file}`).toMatch(new RegExp(`['"\`]${id}: `))
  }
})
