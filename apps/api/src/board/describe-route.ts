import { JOB_RETENTION } from '@capstan/scan-store/queue/infer-queue'
import { scrub } from '@capstan/shared/text/scrub'
import type { RouteStatus } from '../queue/read-route-statuses.ts'

export interface RouteDescription {
  status: RouteStatus
  /** False: it was closed, and only its finished jobs are left. */
  isLive: boolean
  /** Why no worker takes its jobs, in sentences. */
  warnings: string[]
}

const MAX_CAUSE_LENGTH = 300
const NUMBER = new Intl.NumberFormat('en')

/** Title of a queue: the overview cuts it after some 15 characters when a queue is paused, so the model comes first. */
export function routeTitle({ provider, model }: RouteStatus): string {
  return provider === 'demo' ? 'demo' : `${scrub(model)} (${provider})`
}

/**
 * What a person needs to know of a queue, one sentence a line. The board shows it as one line that is cut off, and whole
 * behind its info button, so what keeps jobs from running comes first.
 */
export function describeRoute({ status, isLive, warnings }: RouteDescription): string {
  const { provider, paused, pause, rateLimit, counts } = status
  const isWaiting = counts.waiting + counts.prioritized + counts.delayed > 0
  return [
    ...(pause ? [describePause(pause, provider)] : []),
    ...(paused ? ['Paused by an operator; POST /api/v1/queue/resume ends it.'] : []),
    ...(isWaiting ? warnings : []),
    ...(isLive ? [describeLimit(rateLimit)] : ['Closed: no scan uses this route now.']),
    describeModel(status),
    describeRetention(),
  ].join('\n')
}

function describePause(
  { account, because, untilMs }: NonNullable<RouteStatus['pause']>,
  provider: string,
): string {
  const whose = account === null ? '' : ` (account ${account})`
  const cause = scrub(because, [], MAX_CAUSE_LENGTH).replace(/\.$/, '')
  const resume = `POST /api/v1/providers/${provider}/resume ends it early.`
  return `Paused until ${minuteOf(untilMs)}${whose}: ${cause}.\n${resume}`
}

function describeLimit(limit: RouteStatus['rateLimit']): string {
  if (!limit) return 'No limit of requests is known.'
  const { max, windowMs, boundForMs } = limit
  const most = `At most ${NUMBER.format(max)} starts in ${windowMs / 1_000} s`
  return boundForMs > 0
    ? `${most}; reached, next in ${Math.ceil(boundForMs / 1_000)} s.`
    : `${most}.`
}

function describeModel({ provider, model }: RouteStatus): string {
  return provider === 'demo'
    ? 'Provider demo: rules in place of a model.'
    : `Provider ${provider}, model ${scrub(model)}.`
}

function describeRetention(): string {
  const { completed, failed, ageMs } = JOB_RETENTION
  const counts = `${NUMBER.format(completed)} completed and ${NUMBER.format(failed)} failed jobs`
  return `Kept: the newest ${counts} of all routes, at most ${ageMs / 86_400_000} days.`
}

/** To the minute: seconds do not matter on the board. */
function minuteOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
