import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { printList } from '../output/print-list.ts'
import type { Column } from '../output/table.ts'
import { note, type Session } from '../session.ts'
import { SearchAnswer, type SearchHit } from './views.ts'

export interface SearchOptions {
  limit?: number
  mode?: 'hybrid' | 'semantic' | 'keyword'
  cluster?: string
  provider?: string
  complexity?: string
  group?: string
  minConfidence?: number
  lowConfidence?: boolean
  suspicious?: boolean
}

export const searchColumns: Column<SearchHit>[] = [
  { title: 'RESOURCE', value: ({ capability }) => capability.resource },
  // The same type of two clusters would be the same line twice.
  { title: 'CLUSTER', value: ({ capability }) => capability.cluster },
  {
    title: 'CAPABILITIES',
    value: ({ capability }) => capability.capabilities.slice(0, 3).join(', '),
  },
  { title: 'COMPLEXITY', value: ({ capability }) => capability.complexity },
  { title: 'SCORE', value: ({ score }) => score.toFixed(1), align: 'right', wide: true },
  { title: 'MATCHED', value: ({ matched }) => matched.join(', '), wide: true },
  { title: 'DESCRIPTION', value: ({ capability }) => capability.description },
]

/** Finds types by what one wants to do with them. */
export async function searchCommand(
  session: Session,
  words: string[],
  filter: SearchOptions,
): Promise<ExitCode> {
  const query = { q: words.join(' '), ...filter }
  const signal = session.io.interrupted
  const answer = await session.api.get('/capabilities/search', SearchAnswer, { query, signal })
  if (filter.mode !== undefined && answer.mode !== filter.mode) {
    note(session, `Searched by ${toPlainText(answer.mode)}, not by ${filter.mode}.`)
  }
  if (answer.note) note(session, toPlainText(answer.note))
  await printList(session, once(answer.data), {
    columns: searchColumns,
    name: ({ capability }) => capability.resource,
    empty: `Nothing found. What is known: ${session.program} get capabilities`,
  })
  return EXIT.ok
}

async function* once<T>(rows: T[]): AsyncGenerator<T[]> {
  yield rows
}
