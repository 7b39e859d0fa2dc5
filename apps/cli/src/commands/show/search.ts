import type { ShownSource } from '@capstan/shared/contract/answer-source'
import type { SEARCH_MODES } from '@capstan/shared/contract/choice-names'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import { printList, printTable } from '../../output/print-list.ts'
import type { Column } from '../../output/format-table.ts'
import { printNote, type CliSession } from '../../cli-session.ts'
import { SearchReport, type SearchRow } from '../response-schemas.ts'

export interface SearchCommandOptions {
  limit?: number
  mode?: (typeof SEARCH_MODES)[number]
  cluster?: string
  provider?: string
  complexity?: string
  group?: string
  source?: ShownSource
  minScore?: number
  minConfidence?: number
  lowConfidence?: boolean
  suspicious?: boolean
}

export const searchColumns: Column<SearchRow>[] = [
  { title: 'RESOURCE', value: ({ capability }) => capability.resource },
  // Without this column the same type of two clusters would give two equal lines.
  { title: 'CLUSTER', value: ({ capability }) => capability.cluster },
  {
    title: 'CAPABILITIES',
    value: ({ capability }) => capability.capabilities.slice(0, 3).join(', '),
  },
  { title: 'COMPLEXITY', value: ({ capability }) => capability.complexity },
  { title: 'SOURCE', value: ({ capability }) => capability.source },
  { title: 'SCORE', value: ({ score }) => score.toFixed(2), align: 'right', wide: true },
  { title: 'MATCHED', value: ({ matched }) => matched.join(', '), wide: true },
  { title: 'DESCRIPTION', value: ({ capability }) => capability.description },
]

/** Searches types by intent. */
export async function runSearch(
  session: CliSession,
  words: string[],
  filter: SearchCommandOptions,
): Promise<ExitCode> {
  const query = { q: words.join(' '), ...filter }
  const signal = session.io.interrupted
  const answer = await session.api.get('/capabilities/search', SearchReport, { query, signal })
  if (filter.mode !== undefined && answer.mode !== filter.mode) {
    printNote(
      session,
      `Searched in ${toPlainText(answer.mode)} mode instead of ${filter.mode} mode.`,
    )
  }
  if (answer.note) printNote(session, toPlainText(answer.note))
  await printHits(session, answer.data)
  return EXIT.ok
}

/** Tables show weak matches below a heading of their own; other formats have `strength`, or names only. */
async function printHits(session: CliSession, hits: SearchRow[]): Promise<void> {
  const { strong = [], weak = [] } = Object.groupBy(hits, ({ strength }) => strength)
  const isTable = session.format === undefined || session.format === 'wide'
  if (!isTable || weak.length === 0) {
    return printList(session, [hits], {
      columns: searchColumns,
      name: ({ capability }) => capability.resource,
      empty: `Nothing found. All capabilities: ${session.program} get capabilities`,
    })
  }
  if (strong.length > 0) {
    printTable(session, strong, searchColumns)
    session.io.out('\n')
  }
  session.io.out(`${session.out.bold(WEAK_HEADING)}\n`)
  printTable(session, weak, searchColumns)
}

const WEAK_HEADING = 'Weak matches, by shared words only:'
