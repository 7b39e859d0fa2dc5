import type { Scan } from '@capstan/shared/contract/scan/scan'
import { countFinished } from './scan-counts.ts'
import type { CompatSession } from './session-store.ts'
import { buildSuccess, type ToolAnswer } from '../tool-answer.ts'

/** Builds the answer for a scan that runs in the background. */
export function buildStartedAnswer(
  session: CompatSession,
  message: string,
  mode?: 'full' | 'targeted',
): ToolAnswer {
  const { sessionId, requested, unknown } = session
  const count = Array.isArray(requested) ? { resourceCount: requested.length } : {}
  return buildSuccess('scan', {
    status: 'started',
    ...(mode === undefined ? {} : { mode }),
    sessionId,
    message,
    ...count,
    ...(unknown.length === 0 ? {} : { unknownResources: unknown }),
    checkProgress: { dataType: 'capabilities', operation: 'progress', sessionId },
  })
}

/** Builds the answer for a scan that has finished. */
export function buildCompletedAnswer(session: CompatSession, scan: Scan): ToolAnswer {
  const { total, successful, failed, processingTime } = countFinished(session, scan)
  return buildSuccess('scan', {
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
