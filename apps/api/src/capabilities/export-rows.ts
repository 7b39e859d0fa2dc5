import type { Catalog, CapabilityFilter } from '@capstan/catalog/catalog'
import { stringify } from 'yaml'
import type { Capability } from '@capstan/shared/contract/capability'
import { startTimeSlice } from '@capstan/shared/async/time-slice'
import { csvHeader, csvRow } from './csv.ts'
import { markdownHeader, markdownRow } from './markdown.ts'

const PAGE = 200

/** Every row that passes the filter, a page at a time. */
export async function* allRows(
  catalog: Catalog,
  filter: CapabilityFilter,
): AsyncGenerator<Capability[]> {
  let cursor: string | undefined
  do {
    const where = cursor === undefined ? { limit: PAGE } : { limit: PAGE, cursor }
    const { data, page } = await catalog.list(filter, where)
    yield data
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
}

export async function* ndjson(pages: AsyncIterable<Capability[]>): AsyncGenerator<string> {
  for await (const rows of pages) {
    if (rows.length > 0) yield rows.map((row) => `${JSON.stringify(row)}\n`).join('')
  }
}

export async function* json(pages: AsyncIterable<Capability[]>): AsyncGenerator<string> {
  let before = '['
  for await (const rows of pages) {
    if (rows.length === 0) continue
    yield before + rows.map((row) => JSON.stringify(row)).join(',\n')
    before = ',\n'
  }
  yield before === '[' ? '[]' : ']'
}

export async function* csv(pages: AsyncIterable<Capability[]>): AsyncGenerator<string> {
  yield csvHeader()
  for await (const rows of pages) {
    if (rows.length > 0) yield rows.map(csvRow).join('')
  }
}

/** One list in block style, written row by row in slices of 5 ms: a page takes a quarter of a second. */
export async function* yaml(pages: AsyncIterable<Capability[]>): AsyncGenerator<string> {
  let isEmpty = true
  const slice = startTimeSlice()
  for await (const rows of pages) {
    for (const row of rows) {
      if (slice.isOver) await slice.next()
      yield stringify([row], { aliasDuplicateObjects: false })
      isEmpty = false
    }
  }
  if (isEmpty) yield '[]\n'
}

export async function* markdown(pages: AsyncIterable<Capability[]>): AsyncGenerator<string> {
  yield markdownHeader()
  for await (const rows of pages) {
    if (rows.length > 0) yield rows.map(markdownRow).join('')
  }
}
