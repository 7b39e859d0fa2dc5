import type { Scan } from '@capstan/shared/contract/scan/scan'
import { finishedCounts } from './scan-counts.ts'
import type { Session } from './session-store.ts'
import { succeeded, type ToolAnswer } from '../tool-answer.ts'

/** The answer to a scan that goes on in the background. */
export function startedAnswer(
  session: Session,
  message: string,
  mode?: 'full' | 'targeted',
): ToolAnswer {
  const { sessionId, asked, unknown } = session
  const count = Array.isArray(asked) ? { resourceCount: asked.length } : {}
  return succeeded('scan', {
    status: 'started',
    ...(mode === undefined ? {} : { mode }),
    sessionId,
    message,
    ...count,
    ...(unknown.length === 0 ? {} : { unknownResources: unknown }),
    checkProgress: { dataType: 'capabilities', operation: 'progress', sessionId },
  })
}

/** The answer to a scan that was waited for. */
export function completedAnswer(session: Session, scan: Scan): ToolAnswer {
  const { total, successful, failed, processingTime } = finishedCounts(session, scan)
  return succeeded('scan', {
    mode: 'auto',
    step: 'complete',
    sessionId: session.sessionId,
    summary: { totalScanned: total, successful, failed, processingTime },
    message:
      failed > 0
        ? `Capability scan completed with ${failed} errors. ${successful}/${total} resources processed successfully.`
        : `Capability scan completed successfully. Processed ${total} resources.`,
  })
}
