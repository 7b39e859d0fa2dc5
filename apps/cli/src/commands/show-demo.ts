import { Capability } from '@capstan/shared/contract/capability'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { readPages } from '../client/read-pages.ts'
import { peopleText } from '../output/people-text.ts'
import { printTable } from '../output/print-list.ts'
import { safeJson } from '../output/safe-json.ts'
import { safeYaml } from '../output/safe-yaml.ts'
import { spokenTime } from '../output/units.ts'
import type { Session } from '../session.ts'
import { wallTimeMs } from '../watch/end-block.ts'
import { capabilityColumns } from './columns.ts'
import { searchColumns } from './search.ts'
import { SearchAnswer } from './views.ts'

const SEARCH = 'postgres with backups'
const HITS = 3

/** What the demo has found, how fast, and what it was made of. */
export async function showDemo(session: Session, scan: Scan): Promise<void> {
  const rows: Capability[] = []
  const signal = session.io.interrupted
  for await (const page of readPages(session.api, '/capabilities', Capability, { signal })) {
    rows.push(...page)
  }
  if (session.format !== undefined && session.format !== 'wide') return printRows(session, rows)
  printTable(session, rows, capabilityColumns)
  show(session, timeText(session, scan))
  const query = { q: SEARCH, limit: HITS }
  const found = await session.api.get('/capabilities/search', SearchAnswer, { query, signal })
  show(session, `Search: ${session.out.bold(SEARCH)}`)
  printTable(session, found.data, searchColumns)
  show(session, originText(session))
}

function show({ io }: Session, text: string): void {
  io.out(peopleText(io, 'out', `\n${text}\n`))
}

function printRows({ io, format }: Session, rows: Capability[]): void {
  if (format === 'yaml') return io.out(safeYaml(rows))
  if (format === 'json') return io.out(`${safeJson(rows, 2)}\n`)
  for (const row of rows)
    io.out(`${format === 'name' ? toPlainText(row.resource) : safeJson(row)}\n`)
}

function timeText({ out }: Session, scan: Scan): string {
  const wallMs = wallTimeMs(scan) ?? 0
  const { succeeded, failed } = scan.progress
  const failures = failed > 0 ? ` and ${failed} failures` : ''
  const times = (scan.workMs / Math.max(1, wallMs)).toFixed(0)
  return [
    `${succeeded} types analysed${failures}.`,
    `  took                   ${out.bold(spokenTime(wallMs))}`,
    `  one after another      ${out.bold(spokenTime(scan.workMs))}   (sum of the time of each call)`,
    `  so it was              ${out.bold(`${times} times as fast`)}`,
  ].join('\n')
}

function originText({ out }: Session): string {
  return [
    out.yellow(
      'Cluster and model were simulators: no model has read these types, and nothing was paid.',
    ),
    `For your own cluster and a real model: set ANTHROPIC_API_KEY, OPENAI_API_KEY or OPENAI_BASE_URL, and KUBECONFIG, then \`capstan up\`.`,
  ].join('\n')
}
