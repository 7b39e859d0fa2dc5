import type { OddReply } from './types.ts'

/** Creates an error in the format of OpenAI and most compatible servers. */
export function createOpenAiError(
  status: number,
  message: string,
  { type = 'invalid_request_error', param = null, code = null }: OpenAiErrorOptions = {},
): OddReply {
  return { status, body: { error: { message, type, param, code } } }
}

interface OpenAiErrorOptions {
  type?: string | null
  param?: string | null
  code?: string | number | null
}
