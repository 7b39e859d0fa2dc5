import { EXIT, type ExitCode } from '../exit-code.ts'
import { readTerminalColumns } from '../output/format-for-terminal.ts'
import { printOne } from '../output/print-one.ts'
import { formatTable, type Column } from '../output/format-table.ts'
import { pluralize } from '@capstan/shared/text/units'
import { printNote, type CliSession } from '../cli-session.ts'
import { QueueReport, type RouteRow } from './queue-report.ts'

/** Shows the queues of all routes, or pauses and resumes them. Idempotent. */
export async function runQueue(
  session: CliSession,
  change?: 'pause' | 'resume',
): Promise<ExitCode> {
  const { api, io, program } = session
  const signal = io.interrupted
  const queue =
    change === undefined
      ? await api.get('/queue', QueueReport, { signal })
      : (await api.post(`/queue/${change}`, QueueReport, { signal })).value
  const { paused, backlog, workers, routes } = queue
  const total = `${paused ? 'paused' : 'running'}, ${pluralize(backlog, 'job')} to do, ${pluralize(workers, 'worker')}`
  printOne(session, queue, {
    name: 'queue',
    forPeople: () =>
      `${[total, ...routeLines(routes, readTerminalColumns(io, 'out'))].join('\n')}\n`,
  })
  if (change === 'pause') printNote(session, `No job starts. Resume: ${program} queue resume`)
  return EXIT.ok
}

const ROUTE_COLUMNS: Column<RouteRow>[] = [
  { title: 'ROUTE', value: ({ provider, model }) => `${provider}/${model}` },
  { title: 'TO DO', value: ({ backlog }) => String(backlog) },
  { title: 'ACTIVE', value: ({ counts }) => String(counts.active) },
  { title: 'DONE', value: ({ counts }) => String(counts.completed) },
  { title: 'FAILED', value: ({ counts }) => String(counts.failed) },
  { title: 'WORKERS', value: ({ workers }) => String(workers) },
  { title: 'STATE', value: routeState },
]

function routeLines(routes: RouteRow[], width: number | undefined): string[] {
  return routes.length === 0 ? [] : formatTable(routes, ROUTE_COLUMNS, width)
}

function routeState({ pause, rateLimit, backlog, workers }: RouteRow): string {
  if (pause) return `paused until ${pause.until}: ${pause.because}`
  if (backlog > 0 && workers === 0) return 'no worker is online'
  if (rateLimit && rateLimit.boundForMs > 0) return 'start rate limit reached'
  return 'running'
}
