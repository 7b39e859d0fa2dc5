/**
 * Result of a tool. `success` states whether the operation succeeded; the envelope only states that there is a result.
 */
export type ToolAnswer = { success: boolean } & Record<string, unknown>

/** Failure of an operation. Clients match on `message`; `details` is for people. */
export interface ToolFault {
  message: string
  details?: string
  [more: string]: unknown
}

export function buildSuccess(operation: string, more: Record<string, unknown>): ToolAnswer {
  return { success: true, operation, dataType: 'capabilities', ...more }
}

export function buildFailure(operation: string, error: ToolFault): ToolAnswer {
  return { success: false, operation, dataType: 'capabilities', error }
}
