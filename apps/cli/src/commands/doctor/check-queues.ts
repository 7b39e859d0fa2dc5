import type { CliSession } from '../../cli-session.ts'
import { quoteShellWord } from '@capstan/shared/text/quote-shell-word'
import { pluralize } from '@capstan/shared/text/units'
import { QueueReport, type RouteRow } from '../queue-report.ts'
import type { DoctorCheck } from './doctor-check.ts'

/** Reports why jobs of a route are waiting, if they are. */
export async function checkQueues({ api, io, program }: CliSession): Promise<DoctorCheck[]> {
  const { paused, routes } = await api.get('/queue', QueueReport, { signal: io.interrupted })
  const stopped: DoctorCheck[] = paused
    ? [
        {
          name: 'queue',
          state: 'warn',
          detail: 'an operator has paused the queues: no job starts',
          fix: `${program} queue resume`,
        },
      ]
    : []
  const waits = routes.flatMap((route) => checkRoute(route, program))
  const found = [...stopped, ...waits]
  if (found.length > 0) return found
  const detail = `${pluralize(routes.length, 'route')} in use, nothing is blocked`
  return [{ name: 'queue', state: 'ok', detail }]
}

function checkRoute(route: RouteRow, program: string): DoctorCheck[] {
  const { provider, model, backlog, workers, pause, rateLimit } = route
  const name = 'queue'
  const whose = `${provider}/${model}`
  if (backlog > 0 && workers === 0) {
    const detail = `${whose}: ${backlog} jobs wait, and no worker with credentials for ${provider} is online`
    return [{ name, state: 'bad', detail, fix: `Start a worker that serves ${provider}.` }]
  }
  if (pause) {
    const account = pause.account === null ? '' : ` account ${pause.account}`
    const detail = `${whose}${account}: paused until ${pause.until}: ${pause.because}`
    const fix = `${program} resume --provider ${quoteShellWord(provider)} --model ${quoteShellWord(model)}`
    return [{ name, state: 'warn', detail, fix }]
  }
  if (rateLimit && rateLimit.boundForMs > 0) {
    const seconds = Math.ceil(rateLimit.boundForMs / 1_000)
    const detail = `${whose}: ${rateLimit.max} starts in a minute are used up, for another ${seconds} s`
    return [{ name, state: 'warn', detail }]
  }
  return []
}
