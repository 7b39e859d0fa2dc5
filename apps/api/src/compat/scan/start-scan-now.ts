import type { OrgDataRequest } from '../org-data-request.ts'
import { namesIn } from '../org-data-request.ts'
import { clusterOf } from '../collection.ts'
import type { Caller, CompatDeps } from '../compat-deps.ts'
import { startedAnswer } from './scan-answers.ts'
import { newSession } from './session-store.ts'
import { startSession } from './start-session.ts'
import { failed, type ToolAnswer } from '../tool-answer.ts'

/** A scan without questions, as controllers ask for it: of the whole cluster, or of the named types. */
export async function startScanNow(
  deps: CompatDeps,
  request: OrgDataRequest,
  caller: Caller,
): Promise<ToolAnswer> {
  const cluster = clusterOf(request.collection)
  if (request.mode === 'full') {
    const session = await startSession(deps, newSession(), { cluster, names: 'all' }, caller)
    return startedAnswer(session, 'Full cluster scan initiated. Scan runs in background.', 'full')
  }
  const names = namesIn(request.resourceList ?? '')
  if (names.length === 0) {
    const details = 'resourceList parameter must contain at least one resource'
    return failed('scan', { message: 'Empty resource list', details })
  }
  const session = await startSession(deps, newSession(), { cluster, names }, caller)
  const message = `Scan initiated for ${names.length} resource(s). Scan runs in background.`
  return startedAnswer(session, message, 'targeted')
}

/** Whether a scan is asked for without questions. Whoever brings a session answers one. */
export function isWithoutQuestions({ sessionId, mode, resourceList }: OrgDataRequest): boolean {
  return sessionId === undefined && (mode === 'full' || Boolean(resourceList))
}
