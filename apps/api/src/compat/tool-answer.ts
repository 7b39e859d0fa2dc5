/** What a tool answers. `success` says whether the operation did, the envelope around it only that there is an answer. */
export type ToolAnswer = { success: boolean } & Record<string, unknown>

/** Why an operation did not succeed. Clients match on `message`; `details` is for people. */
export interface ToolFault {
  message: string
  details?: string
  [more: string]: unknown
}

export function succeeded(operation: string, more: Record<string, unknown>): ToolAnswer {
  return { success: true, operation, dataType: 'capabilities', ...more }
}

export function failed(operation: string, error: ToolFault): ToolAnswer {
  return { success: false, operation, dataType: 'capabilities', error }
}
