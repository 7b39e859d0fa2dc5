import { z } from 'zod'
import type { BatchAnswer } from '@capstan/shared/inference/batch-types'
import { classifyCallError } from '../classify-call-error.ts'
import { ErrorInAnswer, rejectErrorInAnswer } from '../error-in-answer.ts'
import type { EndpointDescription } from '../errors/endpoint-description.ts'
import type { ResultLine } from './read-result-lines.ts'
import { readChat } from '../wire/read-chat.ts'
import { readResponse } from '../wire/read-response.ts'

const Line = z.object({
  custom_id: z.string(),
  response: z.object({ status_code: z.int(), body: z.unknown() }).nullish(),
  error: z.object({ code: z.string().nullish(), message: z.string().nullish() }).nullish(),
})

/** Codes of questions that the provider did not process. */
const UNSERVED = new Set([undefined, null, 'batch_expired', 'batch_cancelled', 'batch_canceled'])

/** Reads a result line of a batch. Undefined for a line without a question. */
export function readOpenAiLine(
  line: ResultLine,
  api: 'responses' | 'chat',
  endpoint: EndpointDescription,
): BatchAnswer | undefined {
  const createFailedAnswer = (id: string, thrown: unknown): BatchAnswer => {
    return { id, outcome: 'failed', error: classifyCallError(thrown, endpoint) }
  }
  if (line.outcome === 'unreadable') return createFailedAnswer(line.id, line.why)
  const { data } = Line.safeParse(line.value)
  if (!data) return undefined
  const { custom_id: id, response, error } = data
  if (!response && UNSERVED.has(error?.code)) {
    const because = error?.code === 'batch_expired' ? 'expired' : 'canceled'
    return { id, outcome: 'unserved', because }
  }
  try {
    const { status_code: status, body } = response ?? { status_code: 200, body: { error } }
    return { id, outcome: 'answered', answer: readAnswer(body, status, api) }
  } catch (thrown) {
    return createFailedAnswer(id, thrown)
  }
}

function readAnswer(body: unknown, status: number, api: 'responses' | 'chat') {
  const sent = { status, headers: new Headers() }
  if (status >= 400) throw new ErrorInAnswer(body, sent)
  rejectErrorInAnswer(body, sent)
  const words = api === 'chat' ? readChat(body) : readResponse(body)
  return { ...words, requestId: null, durationMs: 0 }
}
