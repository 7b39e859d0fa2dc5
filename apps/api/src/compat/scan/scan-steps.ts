import { waitForScan } from '../../events/wait-for-scan.ts'
import { parseCollection } from '../collection.ts'
import { splitNames, type OrgDataRequest } from '../org-data-request.ts'
import { buildCompletedAnswer, buildStartedAnswer } from './scan-answers.ts'
import type { Caller, CompatDeps } from '../compat-deps.ts'
import { askForList, askForSelection } from './scan-questions.ts'
import { isSessionId, createSession, type CompatSession } from './session-store.ts'
import { startSession } from './start-session.ts'
import { buildFailure, type ToolAnswer } from '../tool-answer.ts'

/** Maximum wait for a scan of named types, below the usual proxy timeout. */
const MAX_WAIT_MS = 45_000
const STARTED = 'Capability scan started. Use operation "progress" to check status.'

/**
 * Runs one step of a scan by questions: all or some types, which types, then the scan. Each call answers one question.
 */
export async function runScanStep(
  deps: CompatDeps,
  request: OrgDataRequest,
  caller: Caller,
): Promise<ToolAnswer> {
  if (request.sessionId === undefined) {
    return askForSelection(await deps.sessions.save(createSession()))
  }
  const { sessionId } = request
  if (!isSessionId(sessionId)) {
    const details = 'A session id has at most 128 letters, digits, dots, dashes and underscores.'
    return buildFailure('scan', { message: 'Session not found', details })
  }
  // An unknown id starts a session, as in dot-ai.
  const session =
    (await deps.sessions.get(sessionId)) ?? (await deps.sessions.save(createSession(sessionId)))
  const step = await readStep(deps, session)
  if (request.step !== step) return buildWrongStep(step, request.step)
  switch (step) {
    case 'resource-selection':
      return selectResources(deps, session, request, caller)
    case 'resource-specification':
      return specifyResources(deps, session, request, caller)
    case 'scanning':
      // The scan is running. A repeated call must not start another.
      return buildStartedAnswer(session, STARTED)
    case 'complete':
      return buildFailure('scan', {
        message: 'Workflow already complete',
        details: `Session ${sessionId} has completed its scan. Omit sessionId to start another.`,
        sessionId,
      })
  }
}

/** Returns the step of a session. The scan determines whether it is complete. */
export async function readStep(
  { journal }: Pick<CompatDeps, 'journal'>,
  { step, scanId }: CompatSession,
): Promise<CompatSession['step'] | 'complete'> {
  if (scanId === null) return step
  const scan = await journal.scan(scanId)
  return scan && !scan.done ? 'scanning' : 'complete'
}

async function selectResources(
  deps: CompatDeps,
  session: CompatSession,
  { response, collection }: OrgDataRequest,
  caller: Caller,
): Promise<ToolAnswer> {
  switch (response?.trim().toLowerCase()) {
    case undefined:
      return askForSelection(session)
    case '1':
    case 'all': {
      const sessionRequest = { cluster: parseCollection(collection), names: 'all' as const }
      return buildStartedAnswer(await startSession(deps, session, sessionRequest, caller), STARTED)
    }
    case '2':
    case 'specific':
      return askForList(await deps.sessions.save({ ...session, step: 'resource-specification' }))
    default:
      return buildFailure('scan', {
        message: 'Invalid resource selection response',
        details: 'Answer `all` (1) or `specific` (2).',
        currentStep: session.step,
      })
  }
}

async function specifyResources(
  deps: CompatDeps,
  session: CompatSession,
  { resourceList, collection }: OrgDataRequest,
  caller: Caller,
): Promise<ToolAnswer> {
  const names = splitNames(resourceList ?? '')
  if (names.length === 0) {
    return buildFailure('scan', {
      message: resourceList ? 'Empty resource list' : 'Missing resource list',
      details: 'resourceList has comma-separated names, such as `Deployment.apps, Pod`.',
      currentStep: session.step,
      expectedCall: "Call with step='resource-specification' and resourceList",
    })
  }
  const sessionRequest = { cluster: parseCollection(collection), names }
  const started = await startSession(deps, session, sessionRequest, caller)
  const scan = await waitForScan(deps, started.scanId ?? '', ({ done }) => done, {
    withinMs: MAX_WAIT_MS,
    signal: caller.signal,
  })
  return scan?.done ? buildCompletedAnswer(started, scan) : buildStartedAnswer(started, STARTED)
}

function buildWrongStep(step: string, sent: string | undefined): ToolAnswer {
  const expectedCall = `Call with step='${step}' and appropriate parameters`
  return buildFailure('scan', {
    message: 'Step validation failed',
    details:
      sent === undefined
        ? `Step parameter is required; the session is at step '${step}'.`
        : `Step mismatch: the session is at step '${step}'.`,
    currentStep: step,
    expectedCall,
  })
}
