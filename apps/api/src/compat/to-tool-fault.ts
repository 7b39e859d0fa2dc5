import type { AppError } from '@capstan/shared/errors'
import type { Operation } from './org-data-request.ts'
import type { ToolFault } from './tool-answer.ts'

/** Converts an error: `message` is a text that clients of dot-ai match, `details` describes the cause. */
export function toToolFault(operation: Operation, { code, message, hint }: AppError): ToolFault {
  const details = message
  const actions = hint === undefined ? {} : { suggestedActions: [hint] }
  switch (code) {
    case 'REDIS_UNAVAILABLE':
      return { message: describeStoreFault(operation), details, ...actions }
    case 'CLUSTER_UNREACHABLE':
    case 'CLUSTER_FORBIDDEN':
      return { message: 'Cluster resource discovery failed', details, ...actions }
    case 'CLUSTER_MISCONFIGURED':
    case 'UNKNOWN_CLUSTER':
      // dot-ai reports this when it cannot create a collection.
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

function describeStoreFault(operation: Operation): string {
  if (operation === 'progress') return 'Failed to query scan progress'
  return operation === 'scan'
    ? 'Vector DB connection required for capability management'
    : 'Vector DB connection required'
}
