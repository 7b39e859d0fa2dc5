import { CapabilityView } from '@capstan/shared/contract/capability'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { readPages } from '../client/read-pages.ts'
import { formatForTerminal } from '../output/format-for-terminal.ts'
import { printTable } from '../output/print-list.ts'
import { stringifySafeJson } from '../output/stringify-safe-json.ts'
import { stringifySafeYaml } from '../output/stringify-safe-yaml.ts'
import { formatDuration } from '@capstan/shared/text/units'
import type { CliSession } from '../cli-session.ts'
import { computeWallTimeMs } from '../watch/format-end-block.ts'
import { capabilityColumns } from './show/columns.ts'
import { searchColumns } from './show/search.ts'
import { SearchReport } from './response-schemas.ts'

const SEARCH = 'postgres with backups'
const HITS = 3

/** Prints what the demo found, its duration, and that the data were simulated. */
export async function showDemo(session: CliSession, scan: Scan): Promise<void> {
  const rows: CapabilityView[] = []
  const signal = session.io.interrupted
  for await (const page of readPages(session.api, '/capabilities', CapabilityView, { signal })) {
    rows.push(...page)
  }
  if (session.format !== undefined && session.format !== 'wide') return printRows(session, rows)
  printTable(session, rows, capabilityColumns)
  show(session, timeText(session, scan))
  const query = { q: SEARCH, limit: HITS }
  const found = await session.api.get('/capabilities/search', SearchReport, { query, signal })
  show(session, `Search: ${session.out.bold(SEARCH)}`)
  printTable(session, found.data, searchColumns)
  show(session, describeOrigin(session))
}

function show({ io }: CliSession, text: string): void {
  io.out(formatForTerminal(io, 'out', `\n${text}\n`))
}

function printRows({ io, format }: CliSession, rows: CapabilityView[]): void {
  if (format === 'yaml') return io.out(stringifySafeYaml(rows))
  if (format === 'json') return io.out(`${stringifySafeJson(rows, 2)}\n`)
  for (const row of rows)
    io.out(`${format === 'name' ? toPlainText(row.resource) : stringifySafeJson(row)}\n`)
}

function timeText({ out }: CliSession, scan: Scan): string {
  const wallMs = computeWallTimeMs(scan) ?? 0
  const { succeeded, failed } = scan.progress
  const failures = failed > 0 ? ` and ${failed} failures` : ''
  const times = (scan.workMs / Math.max(1, wallMs)).toFixed(0)
  return [
    `${succeeded} types analyzed${failures}.`,
    `  took                   ${out.bold(formatDuration(wallMs))}`,
    `  one after another      ${out.bold(formatDuration(scan.workMs))}   (sum of the time of each call)`,
    `  speed-up               ${out.bold(`${times} times as fast`)}`,
  ].join('\n')
}

function describeOrigin({ out }: CliSession): string {
  return [
    out.yellow(
      'Cluster and model were simulators: no model was called, and nothing was paid. A simulated answer repeats the kind.',
    ),
    `For your own cluster and a real model: set ANTHROPIC_API_KEY, OPENAI_API_KEY or OPENAI_BASE_URL, and KUBECONFIG, then \`capstan up\`.`,
  ].join('\n')
}
