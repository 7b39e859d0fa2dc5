import { waitForScan } from '../../events/wait-for-scan.ts'
import { clusterOf } from '../collection.ts'
import { namesIn, type OrgDataRequest } from '../org-data-request.ts'
import { completedAnswer, startedAnswer } from './scan-answers.ts'
import type { Caller, CompatDeps } from '../compat-deps.ts'
import { askForList, askForSelection } from './scan-questions.ts'
import { isSessionId, newSession, type Session } from './session-store.ts'
import { startSession } from './start-session.ts'
import { failed, type ToolAnswer } from '../tool-answer.ts'

/** How long the answer to a list of types waits for them: below what proxies bear. */
const PATIENCE_MS = 45_000
const STARTED = 'Capability scan started. Use operation "progress" to check status.'

/** A scan by questions: all or some, which ones, then the scan itself. Each call answers one question. */
export async function scanBySteps(
  deps: CompatDeps,
  request: OrgDataRequest,
  caller: Caller,
): Promise<ToolAnswer> {
  if (request.sessionId === undefined) {
    return askForSelection(await deps.sessions.save(newSession()))
  }
  const { sessionId } = request
  if (!isSessionId(sessionId)) {
    const details = 'A session id has letters, digits, dots, dashes and underscores, at most 128.'
    return failed('scan', { message: 'Session not found', details })
  }
  // An id that nobody knows begins a session, as it always did.
  const session =
    (await deps.sessions.get(sessionId)) ?? (await deps.sessions.save(newSession(sessionId)))
  const step = await stepOf(deps, session)
  if (request.step !== step) return wrongStep(step, request.step)
  switch (step) {
    case 'resource-selection':
      return selectResources(deps, session, request, caller)
    case 'resource-specification':
      return specifyResources(deps, session, request, caller)
    case 'scanning':
      // It runs; asking again must not start another.
      return startedAnswer(session, STARTED)
    case 'complete':
      return failed('scan', {
        message: 'Workflow already complete',
        details: `Session ${sessionId} has completed its scan. Leave sessionId out to start another.`,
        sessionId,
      })
  }
}

/** Where a session stands; its scan knows when it is over. */
export async function stepOf(
  { journal }: Pick<CompatDeps, 'journal'>,
  { step, scanId }: Session,
): Promise<Session['step'] | 'complete'> {
  if (scanId === null) return step
  const scan = await journal.scan(scanId)
  return scan && !scan.done ? 'scanning' : 'complete'
}

async function selectResources(
  deps: CompatDeps,
  session: Session,
  { response, collection }: OrgDataRequest,
  caller: Caller,
): Promise<ToolAnswer> {
  switch (response?.trim().toLowerCase()) {
    case undefined:
      return askForSelection(session)
    case '1':
    case 'all': {
      const wanted = { cluster: clusterOf(collection), names: 'all' as const }
      return startedAnswer(await startSession(deps, session, wanted, caller), STARTED)
    }
    case '2':
    case 'specific':
      return askForList(await deps.sessions.save({ ...session, step: 'resource-specification' }))
    default:
      return failed('scan', {
        message: 'Invalid resource selection response',
        details: 'Answer `all` (1) or `specific` (2).',
        currentStep: session.step,
      })
  }
}

async function specifyResources(
  deps: CompatDeps,
  session: Session,
  { resourceList, collection }: OrgDataRequest,
  caller: Caller,
): Promise<ToolAnswer> {
  const names = namesIn(resourceList ?? '')
  if (names.length === 0) {
    return failed('scan', {
      message: resourceList ? 'Empty resource list' : 'Missing resource list',
      details: 'resourceList takes names with commas between, such as `Deployment.apps, Pod`.',
      currentStep: session.step,
      expectedCall: "Call with step='resource-specification' and resourceList",
    })
  }
  const wanted = { cluster: clusterOf(collection), names }
  const started = await startSession(deps, session, wanted, caller)
  const scan = await waitForScan(deps, started.scanId ?? '', ({ done }) => done, {
    withinMs: PATIENCE_MS,
    signal: caller.signal,
  })
  return scan?.done ? completedAnswer(started, scan) : startedAnswer(started, STARTED)
}

function wrongStep(step: string, sent: string | undefined): ToolAnswer {
  const expectedCall = `Call with step='${step}' and appropriate parameters`
  return failed('scan', {
    message: 'Step validation failed',
    details:
      sent === undefined
        ? `Step parameter is required; the session is at step '${step}'.`
        : `Step mismatch: the session is at step '${step}'.`,
    currentStep: step,
    expectedCall,
  })
}
