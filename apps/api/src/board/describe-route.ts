import { JOB_RETENTION } from '@capstan/scan-store/queue/infer-queue'
import { scrub } from '@capstan/shared/text/scrub'
import type { RouteQueueStatus } from '../queue/read-route-statuses.ts'

export interface RouteDescription {
  status: RouteQueueStatus
  /** False for a closed route that still has finished jobs. */
  isLive: boolean
  /** Sentences about why no worker runs its jobs. */
  warnings: string[]
}

const MAX_CAUSE_LENGTH = 300
const NUMBER = new Intl.NumberFormat('en')

/** Returns the title of a queue. The overview of a paused queue shows about 15 characters, so the model comes first. */
export function formatRouteTitle({ provider, model }: RouteQueueStatus): string {
  return provider === 'demo' ? 'demo (rule-based)' : `${scrub(model)} (${provider})`
}

/**
 * Describes a queue, one sentence per line. The board truncates the text and shows all of it behind an info button, so
 * reasons why jobs do not run come first.
 */
export function describeRoute({ status, isLive, warnings }: RouteDescription): string {
  const { provider, paused, pause, rateLimit, counts } = status
  const isWaiting = counts.waiting + counts.prioritized + counts.delayed > 0
  return [
    ...(pause ? [describePause(pause, provider)] : []),
    ...(paused ? ['Paused by an operator; POST /api/v1/queue/resume ends the pause.'] : []),
    ...(isWaiting ? warnings : []),
    ...(isLive ? [] : ['Closed: no scan uses this route now.']),
    // Rules make no calls, so they have no limits.
    ...(isLive && provider !== 'demo' ? [describeLimit(rateLimit)] : []),
    describeModel(status),
    describeRetention(),
  ].join('\n')
}

function describePause(
  { account, because, untilMs }: NonNullable<RouteQueueStatus['pause']>,
  provider: string,
): string {
  const suffix = account === null ? '' : ` (account ${account})`
  const cause = scrub(because, [], MAX_CAUSE_LENGTH).replace(/\.$/, '')
  const resume = `POST /api/v1/providers/${provider}/resume ends the pause.`
  return `Paused until ${formatMinute(untilMs)}${suffix}: ${cause}.\n${resume}`
}

function describeLimit(limit: RouteQueueStatus['rateLimit']): string {
  if (!limit) return 'The request limit is unknown.'
  const { max, windowMs, boundForMs } = limit
  const most = `At most ${NUMBER.format(max)} job starts in ${windowMs / 1_000} s`
  return boundForMs > 0
    ? `${most}; limit reached, next start in ${Math.ceil(boundForMs / 1_000)} s.`
    : `${most}.`
}

function describeModel({ provider, model }: RouteQueueStatus): string {
  return provider === 'demo'
    ? 'Provider demo: rule-based answers, no model. Types with a curated answer have no job.'
    : `Provider ${provider}, model ${scrub(model)}.`
}

function describeRetention(): string {
  const { completed, failed, ageMs } = JOB_RETENTION
  const counts = `${NUMBER.format(completed)} completed and ${NUMBER.format(failed)} failed jobs`
  return `Kept: the newest ${counts} of all routes, at most ${ageMs / 86_400_000} days.`
}

/** Formats a time to the minute. */
function formatMinute(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
