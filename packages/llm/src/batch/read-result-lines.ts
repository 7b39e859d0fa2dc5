import { isNestedDeeply } from '@capstan/shared/json/is-nested-deeply'
import { readBodyLines, type BodyLine } from '@capstan/shared/http/read-body-lines'
import { BodyTooLargeError } from '@capstan/shared/http/create-guarded-fetch'
import type { BatchCall } from './batch-call.ts'
import { ErrorInAnswer } from '../error-in-answer.ts'
import { ANSWER_BYTES } from '../provider-fetch.ts'

/** A line of the results of a batch. */
export type ResultLine =
  | { outcome: 'read'; value: unknown }
  /** An unusable line. `id`: the question of the line. */
  | { outcome: 'unreadable'; id: string; why: Error }

interface Source {
  call: BatchCall
  /** Starts the download. The signal aborts it at any time. */
  open: (signal: AbortSignal) => Promise<Response>
  signal: AbortSignal
}

/**
 * Streams the results of a batch, so that no file is held in memory. The call timeout applies to each line. Skips unusable lines
 * without an id. Throws ItemError or the reason of the signal.
 */
export async function* readResultLines({ call, open, signal }: Source): AsyncGenerator<ResultLine> {
  const download = new AbortController()
  const step = async <T>(work: () => Promise<T>): Promise<T> =>
    call(signal, async (bound) => {
      const { promise: aborted, reject } = Promise.withResolvers<never>()
      const abort = (): void => reject(bound.reason)
      bound.addEventListener('abort', abort)
      try {
        return await Promise.race([work(), aborted])
      } finally {
        bound.removeEventListener('abort', abort)
      }
    })
  try {
    const response = await step(async () => open(download.signal))
    if (!response.body) return
    const lines = readBodyLines(response.body, ANSWER_BYTES)
    for (;;) {
      const next = await step(async () => lines.next())
      if (next.done) return
      const line = parseLine(next.value, response)
      if (line) yield line
    }
  } finally {
    // Aborts the download when the reader stops early.
    download.abort()
  }
}

const ID = /"custom_id"\s*:\s*"([\w-]{1,64})"/

function parseLine(line: BodyLine, response: Response): ResultLine | undefined {
  const [, id] = ID.exec(line.text.slice(0, 4_096)) ?? []
  const createUnreadableLine = (why: Error): ResultLine | undefined =>
    id === undefined ? undefined : { outcome: 'unreadable', id, why }
  if (line.isCut) return createUnreadableLine(new BodyTooLargeError(ANSWER_BYTES, response.url))
  try {
    const value: unknown = JSON.parse(line.text)
    if (!isNestedDeeply(value)) return { outcome: 'read', value }
  } catch {
    // The message of JSON.parse adds nothing.
  }
  return createUnreadableLine(createUnreadableError(response))
}

/** Error for a line that is not JSON, or is nested too deeply. */
function createUnreadableError({ status, headers }: Pick<Response, 'status' | 'headers'>): Error {
  return new ErrorInAnswer(
    { code: 'unreadable', message: 'its line in the results of the batch cannot be read' },
    { status, headers },
  )
}
