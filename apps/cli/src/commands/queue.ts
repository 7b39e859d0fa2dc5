import { EXIT, type ExitCode } from '../exit-code.ts'
import { terminalColumns } from '../output/people-text.ts'
import { printOne } from '../output/print-one.ts'
import { tableLines, type Column } from '../output/table.ts'
import { counted } from '../output/units.ts'
import { note, type Session } from '../session.ts'
import { QueueView, type RouteView } from './queue-view.ts'

/** Shows where the queues of all routes stand, or pauses and resumes them. Repeating it changes nothing. */
export async function queueCommand(
  session: Session,
  change?: 'pause' | 'resume',
): Promise<ExitCode> {
  const { api, io, program } = session
  const signal = io.interrupted
  const queue =
    change === undefined
      ? await api.get('/queue', QueueView, { signal })
      : (await api.post(`/queue/${change}`, QueueView, { signal })).value
  const { paused, backlog, workers, routes } = queue
  const total = `${paused ? 'paused' : 'running'}, ${counted(backlog, 'job')} to do, ${counted(workers, 'worker')}`
  printOne(session, queue, {
    name: 'queue',
    forPeople: () => `${[total, ...routeLines(routes, terminalColumns(io, 'out'))].join('\n')}\n`,
  })
  if (change === 'pause')
    note(session, `Nothing of any scan starts. Go on: ${program} queue resume`)
  return EXIT.ok
}

const ROUTE_COLUMNS: Column<RouteView>[] = [
  { title: 'ROUTE', value: ({ provider, model }) => `${provider}/${model}` },
  { title: 'TO DO', value: ({ backlog }) => String(backlog) },
  { title: 'ACTIVE', value: ({ counts }) => String(counts.active) },
  { title: 'DONE', value: ({ counts }) => String(counts.completed) },
  { title: 'FAILED', value: ({ counts }) => String(counts.failed) },
  { title: 'WORKERS', value: ({ workers }) => String(workers) },
  { title: 'STATE', value: routeState },
]

function routeLines(routes: RouteView[], width: number | undefined): string[] {
  return routes.length === 0 ? [] : tableLines(routes, ROUTE_COLUMNS, width)
}

function routeState({ pause, rateLimit, backlog, workers }: RouteView): string {
  if (pause) return `paused until ${pause.until}: ${pause.because}`
  if (backlog > 0 && workers === 0) return 'no worker is online'
  if (rateLimit && rateLimit.boundForMs > 0) return 'limit of starts reached'
  return 'running'
}
