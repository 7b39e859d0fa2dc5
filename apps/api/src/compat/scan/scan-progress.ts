import type { ItemStatus } from '@capstan/shared/contract/scan/scan-item'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { Journal } from '@capstan/scan-store/journal/types'
import { compatName } from '../compat-name.ts'
import type { OrgDataRequest } from '../org-data-request.ts'
import type { CompatDeps } from '../compat-deps.ts'
import { countsOf, errorsOf, finishedCounts, inWords } from './scan-counts.ts'
import { stepOf } from './scan-steps.ts'
import { newSession, type Session } from './session-store.ts'
import { failed, succeeded, type ToolAnswer } from '../tool-answer.ts'

/** How far a session is; without an id the latest one, whoever started it. */
export async function scanProgress(
  deps: CompatDeps,
  { sessionId }: OrgDataRequest,
): Promise<ToolAnswer> {
  const session = sessionId === undefined ? await latest(deps) : await deps.sessions.get(sessionId)
  if (!session) return sessionId === undefined ? noSession() : unknownSession()
  const currentStep = await stepOf(deps, session)
  if (session.scanId === null) return nothingYet(session, currentStep)
  const scan = await deps.journal.scan(session.scanId)
  if (!scan) return unknownSession()
  if (scan.progress.total === null && !scan.done) return nothingYet(session, currentStep)
  return progressOf(session, scan, {
    currentStep,
    currentResource: await currentResource(deps.journal, scan),
    lastUpdated: await lastChange(deps.journal, scan),
  })
}

/** What happened last: a session, or a scan that was started in another way and becomes one. */
async function latest({ journal, sessions }: CompatDeps): Promise<Session | undefined> {
  const session = await sessions.latest()
  const [scan] = (await journal.scans({ limit: 1 })).data
  if (!scan) return session
  const isOfSession =
    session && (session.scanId === scan.id || session.lastActivity >= scan.createdAt)
  if (isOfSession) return session
  const asked = scan.include.includes('*') ? ('all' as const) : scan.include
  const adopted = { ...newSession(), step: 'scanning' as const, scanId: scan.id, asked }
  return sessions.save({ ...adopted, startedAt: scan.createdAt })
}

interface Moment {
  currentStep: string
  currentResource: string
  lastUpdated: string
}

function progressOf(session: Session, scan: Scan, moment: Moment): ToolAnswer {
  const { sessionId, startedAt, lastActivity, asked } = session
  const { total, done, percentage, successful, failed: failures } = countsOf(session, scan)
  const status = statusOf(scan)
  const progress = {
    status,
    current: done,
    total,
    percentage,
    currentResource: moment.currentResource,
    startedAt: scan.startedAt ?? scan.createdAt,
    lastUpdated: moment.lastUpdated,
    ...timesOf(session, scan),
    successfulResources: successful,
    failedResources: failures,
    errors: errorsOf(session, scan),
  }
  const summary = summaryOf(session, scan)
  const answer = {
    sessionId,
    // The journal knows more than this answer has place for.
    scanId: scan.id,
    progress,
    sessionInfo: {
      currentStep: moment.currentStep,
      processingMode: 'auto',
      resourceCount: asked === 'all' ? total : (asked?.length ?? total),
      startedAt,
      lastActivity,
    },
    message: summary,
    display: {
      summary,
      currentResource: moment.currentResource,
      timeline: {
        started: progress.startedAt,
        lastUpdate: progress.lastUpdated,
        ...(scan.finishedAt === null ? {} : { completed: scan.finishedAt }),
      },
    },
  }
  if (status === 'processing' || status === 'completed') return succeeded('progress', answer)
  return { ...failed('progress', endedBadly(scan)), ...answer }
}

/** A scan that failed as a whole must not look like one that is still on its way, or like one that went well. */
function statusOf({ status, done }: Scan): 'processing' | 'completed' | 'failed' | 'cancelled' {
  if (status === 'failed') return 'failed'
  if (status === 'canceled') return 'cancelled'
  return done ? 'completed' : 'processing'
}

function timesOf(session: Session, scan: Scan) {
  if (scan.done) {
    const { processingTime } = finishedCounts(session, scan)
    return { completedAt: scan.finishedAt, totalProcessingTime: processingTime }
  }
  const { seconds } = scan.eta
  return seconds === null ? {} : { estimatedTimeRemaining: inWords(seconds * 1_000) }
}

function summaryOf(session: Session, scan: Scan): string {
  const { total, done, percentage, failed: failures, successful } = countsOf(session, scan)
  const errors = failures === 0 ? '' : `, ${failures} failed`
  if (scan.status === 'paused') {
    return `Capability scan is paused at ${done}/${total}: ${scan.pause?.reason ?? 'asked for'}`
  }
  if (!scan.done) return `Capability scan in progress: ${done}/${total} (${percentage}%)${errors}`
  const { processingTime } = finishedCounts(session, scan)
  const how = failures === 0 ? 'completed successfully' : `ended as ${scan.status}`
  return `Capability scan ${how}: ${successful}/${total} resources in ${processingTime}${errors}`
}

function endedBadly(scan: Scan) {
  const { problem } = scan
  if (scan.status === 'canceled') {
    return { message: 'Capability scan was cancelled', details: 'Start another when it is wanted.' }
  }
  if (problem === null) {
    const details = 'No type could be analysed; `errors` says why.'
    return { message: 'Capability scanning failed', details }
  }
  const details = [problem.title, problem.detail].filter((part) => part !== undefined).join(': ')
  return {
    message: 'Capability scanning failed',
    details,
    ...(problem.hint === undefined ? {} : { suggestedActions: [problem.hint] }),
  }
}

function nothingYet(session: Session, currentStep: string): ToolAnswer {
  const { sessionId, startedAt, lastActivity } = session
  return succeeded('progress', {
    sessionId,
    status: 'no-progress-data',
    message: 'The session exists, but nothing is counted yet',
    currentStep,
    startedAt,
    lastActivity,
  })
}

async function currentResource(
  journal: Pick<Journal, 'items'>,
  { id, done }: Scan,
): Promise<string> {
  if (done) return 'Processing complete'
  for (const status of ['running', 'retrying', 'queued'] satisfies ItemStatus[]) {
    const [item] = (await journal.items(id, { status, limit: 1 })).data
    if (item) return compatName(item)
  }
  return ''
}

/** Every change of a scan is an event, so the newest one tells when it was. */
async function lastChange(
  journal: Pick<Journal, 'events'>,
  { id, lastSeq, finishedAt, createdAt }: Scan,
): Promise<string> {
  const { events } = await journal.events(id, lastSeq - 1, 1)
  return events[0]?.at ?? finishedAt ?? createdAt
}

function unknownSession(): ToolAnswer {
  return failed('progress', {
    message: 'Session not found',
    details: 'No capability scan has this session id.',
    help: 'Start one by the operation scan, or leave sessionId out for the latest.',
  })
}

function noSession(): ToolAnswer {
  return failed('progress', {
    message: 'No capability scan sessions found',
    details: 'Nothing has been scanned yet, or it was more than 30 days ago.',
    help: 'Start a capability scan by the operation scan.',
  })
}
