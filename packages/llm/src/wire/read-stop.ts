import type { ModelAnswer } from '@capstan/shared/inference/types'

const REFUSALS = new Set(
  'content_filter refusal safety recitation prohibited_content blocklist spii'.split(' '),
)
const CUT = new Set(
  'length max_tokens max_output_tokens max_completion_tokens model_length model_context_window_exceeded incomplete'.split(
    ' ',
  ),
)

/** Maps the stop reason of any product. `end` for an answer without a reason. */
export function readStop(reason: unknown): ModelAnswer['stop'] {
  const name = typeof reason === 'string' ? reason.toLowerCase() : ''
  if (REFUSALS.has(name)) return 'refusal'
  return CUT.has(name) ? 'length' : 'end'
}
