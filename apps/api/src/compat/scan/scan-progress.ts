import type { ItemStatus } from '@capstan/shared/contract/scan/scan-item'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { Journal } from '@capstan/scan-store/journal/types'
import { formatCompatName } from '../compat-name.ts'
import type { OrgDataRequest } from '../org-data-request.ts'
import type { CompatDeps } from '../compat-deps.ts'
import { countResources, listErrors, countFinished, formatCompatDuration } from './scan-counts.ts'
import { readStep } from './scan-steps.ts'
import { createSession, type CompatSession } from './session-store.ts'
import { buildFailure, buildSuccess, type ToolAnswer } from '../tool-answer.ts'

/** Reads the progress of a session; without an id, of the latest session of any caller. */
export async function readScanProgress(
  deps: CompatDeps,
  { sessionId }: OrgDataRequest,
): Promise<ToolAnswer> {
  const session =
    sessionId === undefined ? await findLatest(deps) : await deps.sessions.get(sessionId)
  if (!session) return sessionId === undefined ? buildNoSession() : buildUnknownSession()
  const currentStep = await readStep(deps, session)
  if (session.scanId === null) return buildNoProgress(session, currentStep)
  const scan = await deps.journal.scan(session.scanId)
  if (!scan) return buildUnknownSession()
  if (scan.progress.total === null && !scan.done) return buildNoProgress(session, currentStep)
  return buildProgress(session, scan, {
    currentStep,
    currentResource: await readCurrentResource(deps.journal, scan),
    lastUpdated: await readLastChange(deps.journal, scan),
  })
}

/** Finds the latest session. A newer scan that was started without a session gets one. */
async function findLatest({ journal, sessions }: CompatDeps): Promise<CompatSession | undefined> {
  const session = await sessions.latest()
  const [scan] = (await journal.scans({ limit: 1 })).data
  if (!scan) return session
  const isOfSession =
    session && (session.scanId === scan.id || session.lastActivity >= scan.createdAt)
  if (isOfSession) return session
  const requested = scan.include.includes('*') ? ('all' as const) : scan.include
  const adopted = { ...createSession(), step: 'scanning' as const, scanId: scan.id, requested }
  return sessions.save({ ...adopted, startedAt: scan.createdAt })
}

interface CurrentState {
  currentStep: string
  currentResource: string
  lastUpdated: string
}

function buildProgress(session: CompatSession, scan: Scan, state: CurrentState): ToolAnswer {
  const { sessionId, startedAt, lastActivity, requested } = session
  const { total, done, percentage, successful, failed: failures } = countResources(session, scan)
  const status = toCompatStatus(scan)
  const progress = {
    status,
    current: done,
    total,
    percentage,
    currentResource: state.currentResource,
    startedAt: scan.startedAt ?? scan.createdAt,
    lastUpdated: state.lastUpdated,
    ...buildTimes(session, scan),
    successfulResources: successful,
    failedResources: failures,
    errors: listErrors(session, scan),
  }
  const summary = buildSummary(session, scan)
  const answer = {
    sessionId,
    // Id for the REST API, which has more details.
    scanId: scan.id,
    progress,
    sessionInfo: {
      currentStep: state.currentStep,
      processingMode: 'auto',
      resourceCount: requested === 'all' ? total : (requested?.length ?? total),
      startedAt,
      lastActivity,
    },
    message: summary,
    display: {
      summary,
      currentResource: state.currentResource,
      timeline: {
        started: progress.startedAt,
        lastUpdate: progress.lastUpdated,
        ...(scan.finishedAt === null ? {} : { completed: scan.finishedAt }),
      },
    },
  }
  if (status === 'processing' || status === 'completed') return buildSuccess('progress', answer)
  return { ...buildFailure('progress', describeEnd(scan)), ...answer }
}

/** A failed scan must not look like a running or a successful one. */
function toCompatStatus({
  status,
  done,
}: Scan): 'processing' | 'completed' | 'failed' | 'cancelled' {
  if (status === 'failed') return 'failed'
  if (status === 'canceled') return 'cancelled'
  return done ? 'completed' : 'processing'
}

function buildTimes(session: CompatSession, scan: Scan) {
  if (scan.done) {
    const { processingTime } = countFinished(session, scan)
    return { completedAt: scan.finishedAt, totalProcessingTime: processingTime }
  }
  const { seconds } = scan.eta
  return seconds === null ? {} : { estimatedTimeRemaining: formatCompatDuration(seconds * 1_000) }
}

function buildSummary(session: CompatSession, scan: Scan): string {
  const { total, done, percentage, failed: failures, successful } = countResources(session, scan)
  const errors = failures === 0 ? '' : `, ${failures} failed`
  if (scan.status === 'paused') {
    return `Capability scan is paused at ${done}/${total}: ${scan.pause?.reason ?? 'requested'}`
  }
  if (!scan.done) return `Capability scan in progress: ${done}/${total} (${percentage}%)${errors}`
  const { processingTime } = countFinished(session, scan)
  const how = failures === 0 ? 'completed successfully' : `ended as ${scan.status}`
  return `Capability scan ${how}: ${successful}/${total} resources in ${processingTime}${errors}`
}

function describeEnd(scan: Scan) {
  const { problem } = scan
  if (scan.status === 'canceled') {
    return { message: 'Capability scan was cancelled', details: 'Start another scan if needed.' }
  }
  if (problem === null) {
    const details = 'No type could be analyzed. `errors` has the reasons.'
    return { message: 'Capability scanning failed', details }
  }
  const details = [problem.title, problem.detail].filter((part) => part !== undefined).join(': ')
  return {
    message: 'Capability scanning failed',
    details,
    ...(problem.hint === undefined ? {} : { suggestedActions: [problem.hint] }),
  }
}

function buildNoProgress(session: CompatSession, currentStep: string): ToolAnswer {
  const { sessionId, startedAt, lastActivity } = session
  return buildSuccess('progress', {
    sessionId,
    status: 'no-progress-data',
    message: 'The session exists, but has no progress yet',
    currentStep,
    startedAt,
    lastActivity,
  })
}

async function readCurrentResource(
  journal: Pick<Journal, 'items'>,
  { id, done }: Scan,
): Promise<string> {
  if (done) return 'Processing complete'
  for (const status of ['running', 'retrying', 'queued'] satisfies ItemStatus[]) {
    const [item] = (await journal.items(id, { status, limit: 1 })).data
    if (item) return formatCompatName(item)
  }
  return ''
}

/** Every change of a scan is an event, so the newest event has its time. */
async function readLastChange(
  journal: Pick<Journal, 'events'>,
  { id, lastSeq, finishedAt, createdAt }: Scan,
): Promise<string> {
  const { events } = await journal.events(id, lastSeq - 1, 1)
  return events[0]?.at ?? finishedAt ?? createdAt
}

function buildUnknownSession(): ToolAnswer {
  return buildFailure('progress', {
    message: 'Session not found',
    details: 'No capability scan has this session id.',
    help: 'Start a scan with the operation scan, or omit sessionId for the latest session.',
  })
}

function buildNoSession(): ToolAnswer {
  return buildFailure('progress', {
    message: 'No capability scan sessions found',
    details: 'There was no scan within the last 30 days.',
    help: 'Start a scan with the operation scan.',
  })
}
