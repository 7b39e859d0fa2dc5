import { isNestedDeeply } from '@capstan/shared/json/is-nested-deeply'
import { readBodyLines, type BodyLine } from '@capstan/shared/http/read-body-lines'
import { BodyTooLargeError } from '@capstan/shared/http/create-guarded-fetch'
import type { BatchCall } from './batch-call.ts'
import { ErrorInAnswer } from '../error-in-answer.ts'
import { ANSWER_BYTES } from '../provider-fetch.ts'

/** One line of the results of a batch. */
export type ResultLine =
  | { outcome: 'read'; value: unknown }
  /** The line cannot be used, and `id` says whose it is. */
  | { outcome: 'unreadable'; id: string; why: Error }

interface Source {
  call: BatchCall
  /** Starts the download. The signal ends it, also in the middle. */
  open: (signal: AbortSignal) => Promise<Response>
  signal: AbortSignal
}

/**
 * Results of a batch as they arrive, so that no file is ever held in memory. The deadline of a call bounds the time to each
 * line. A line that cannot be used and does not say whose it is is left out. Throws ItemError or the reason of the signal.
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
    // A reader that has seen enough, or waits no longer, downloads no more.
    download.abort()
  }
}

const ID = /"custom_id"\s*:\s*"([\w-]{1,64})"/

function parseLine(line: BodyLine, response: Response): ResultLine | undefined {
  const [, id] = ID.exec(line.text.slice(0, 4_096)) ?? []
  const unreadable = (why: Error): ResultLine | undefined =>
    id === undefined ? undefined : { outcome: 'unreadable', id, why }
  if (line.isCut) return unreadable(new BodyTooLargeError(ANSWER_BYTES, response.url))
  try {
    const value: unknown = JSON.parse(line.text)
    if (!isNestedDeeply(value)) return { outcome: 'read', value }
  } catch {
    // It says no more than that it is no JSON.
  }
  return unreadable(notReadable(response))
}

/** A line that is no JSON, or none that can be used. */
function notReadable({ status, headers }: Pick<Response, 'status' | 'headers'>): Error {
  return new ErrorInAnswer(
    { code: 'unreadable', message: 'its line in the results of the batch cannot be read' },
    { status, headers },
  )
}
