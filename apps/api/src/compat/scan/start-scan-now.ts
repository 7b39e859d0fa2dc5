import { type OrgDataRequest, splitNames } from '../org-data-request.ts'
import { parseCollection } from '../collection.ts'
import type { Caller, CompatDeps } from '../compat-deps.ts'
import { buildStartedAnswer } from './scan-answers.ts'
import { createSession } from './session-store.ts'
import { startSession } from './start-session.ts'
import { buildFailure, type ToolAnswer } from '../tool-answer.ts'

/** Starts a scan without questions, as controllers do: of the whole cluster, or of the named types. */
export async function startScanNow(
  deps: CompatDeps,
  request: OrgDataRequest,
  caller: Caller,
): Promise<ToolAnswer> {
  const cluster = parseCollection(request.collection)
  if (request.mode === 'full') {
    const session = await startSession(deps, createSession(), { cluster, names: 'all' }, caller)
    return buildStartedAnswer(
      session,
      'Full cluster scan initiated. Scan runs in background.',
      'full',
    )
  }
  const names = splitNames(request.resourceList ?? '')
  if (names.length === 0) {
    const details = 'resourceList parameter must contain at least one resource'
    return buildFailure('scan', { message: 'Empty resource list', details })
  }
  const session = await startSession(deps, createSession(), { cluster, names }, caller)
  const message = `Scan initiated for ${names.length} resource(s). Scan runs in background.`
  return buildStartedAnswer(session, message, 'targeted')
}

/** Returns whether the request starts a scan without questions. A request with a session answers a question. */
export function needsNoQuestions({ sessionId, mode, resourceList }: OrgDataRequest): boolean {
  return sessionId === undefined && (mode === 'full' || Boolean(resourceList))
}
