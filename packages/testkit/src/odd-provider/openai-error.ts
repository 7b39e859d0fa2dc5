import type { Reply } from './types.ts'

/** An error as OpenAI and most that imitate it send one. */
export function openAiError(
  status: number,
  message: string,
  { type = 'invalid_request_error', param = null, code = null }: OpenAiErrorOptions = {},
): Reply {
  return { status, body: { error: { message, type, param, code } } }
}

interface OpenAiErrorOptions {
  type?: string | null
  param?: string | null
  code?: string | number | null
}
