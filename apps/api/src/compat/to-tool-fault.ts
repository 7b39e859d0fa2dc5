import type { AppError } from '@capstan/shared/errors'
import type { Operation } from './org-data-request.ts'
import type { ToolFault } from './tool-answer.ts'

/** What went wrong in the words that clients know, and why in ours. */
export function faultOf(operation: Operation, { code, message, hint }: AppError): ToolFault {
  const details = message
  const actions = hint === undefined ? {} : { suggestedActions: [hint] }
  switch (code) {
    case 'REDIS_UNAVAILABLE':
      return { message: storeFault(operation), details, ...actions }
    case 'CLUSTER_UNREACHABLE':
    case 'CLUSTER_FORBIDDEN':
      return { message: 'Cluster resource discovery failed', details, ...actions }
    case 'CLUSTER_MISCONFIGURED':
    case 'UNKNOWN_CLUSTER':
      // In place of a collection that cannot be made.
      return { message: 'Vector DB collection initialization failed', details, ...actions }
    case 'UNKNOWN_RESOURCES':
      return { message: 'No resources discovered in cluster', details, ...actions }
    case 'PROVIDER_NOT_CONFIGURED':
      return {
        message: 'AI provider API key required for capability inference',
        details,
        ...actions,
      }
    default:
      return { message: `Capability ${operation} failed`, details, ...actions }
  }
}

function storeFault(operation: Operation): string {
  if (operation === 'progress') return 'Failed to query scan progress'
  return operation === 'scan'
    ? 'Vector DB connection required for capability management'
    : 'Vector DB connection required'
}
