import type { Catalog, CapabilityFilter } from '@capstan/catalog/catalog'
import { stringify } from 'yaml'
import { toCapabilityView, type CapabilityView } from '@capstan/shared/contract/capability'
import { startTimeSlice } from '@capstan/shared/async/time-slice'
import { formatMarkdownHeader, formatMarkdownRow } from './markdown.ts'

const PAGE = 200

/** Yields all matching rows with their source, one page at a time. */
export async function* listAllRows(
  catalog: Catalog,
  filter: CapabilityFilter,
): AsyncGenerator<CapabilityView[]> {
  let cursor: string | undefined
  do {
    const where = cursor === undefined ? { limit: PAGE } : { limit: PAGE, cursor }
    const { data, page } = await catalog.list(filter, where)
    yield data.map(toCapabilityView)
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
}

/** Writes one list in block style, row by row in slices of 5 ms, because a page takes 250 ms. */
export async function* writeYaml(pages: AsyncIterable<CapabilityView[]>): AsyncGenerator<string> {
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

export async function* writeMarkdown(
  pages: AsyncIterable<CapabilityView[]>,
): AsyncGenerator<string> {
  yield formatMarkdownHeader()
  for await (const rows of pages) {
    if (rows.length > 0) yield rows.map(formatMarkdownRow).join('')
  }
}
