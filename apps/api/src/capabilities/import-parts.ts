import { AppError } from '@capstan/shared/errors'
import { startTimeSlice } from '@capstan/shared/async/time-slice'

/** A row of the request body with its position. */
export interface ImportRow {
  /** JSON pointer to the row. Lines of NDJSON count as list members. */
  pointer: string
  /** Line number; absent in a JSON list. */
  line?: number
  row: unknown
}

export interface ImportLimits {
  /** Maximum size of the body in bytes. */
  maxBytes: number
  /** Line number of the first row, for the errors of a file that is sent in parts. */
  firstLine: number
}

/** Size of a part in characters. A part is held in memory, and stored or rejected as a whole. */
const PART_BYTES = 256 * 1024

/**
 * Yields the rows of an NDJSON body in parts as they arrive. AppError PAYLOAD_TOO_LARGE for bodies or lines that are
 * too long.
 */
export async function* splitNdjson(
  body: AsyncIterable<Uint8Array>,
  { maxBytes, firstLine }: ImportLimits,
): AsyncGenerator<ImportRow[]> {
  let part: ImportRow[] = []
  let bytes = 0
  const slice = startTimeSlice()
  for await (const lines of readLines(body, { maxBytes, firstLine })) {
    for (const { number, text } of lines) {
      if (slice.isOver) await slice.next()
      if (bytes + text.length > PART_BYTES && part.length > 0) {
        yield part
        part = []
        bytes = 0
      }
      part.push({ pointer: `#/${number - 1}`, line: number, row: parseJson(text) })
      bytes += text.length
    }
  }
  if (part.length > 0) yield part
}

/** Converts a JSON list to one part, because it has arrived as a whole. */
export function splitList(rows: unknown[]): ImportRow[] {
  return rows.map((row, index) => ({ pointer: `#/${index}`, row }))
}

interface NumberedLine {
  number: number
  text: string
}

/** Yields the non-blank lines of each chunk together, so that blank lines cost no step each. */
async function* readLines(
  body: AsyncIterable<Uint8Array>,
  { maxBytes, firstLine }: ImportLimits,
): AsyncGenerator<NumberedLine[]> {
  const decoder = new TextDecoder()
  let bytes = 0
  let rest = ''
  let first = firstLine
  for await (const chunk of body) {
    bytes += chunk.byteLength
    if (bytes > maxBytes) throw importTooLargeError(maxBytes)
    const read = splitLines(rest + decoder.decode(chunk, { stream: true }), first)
    // A body without line ends would otherwise be buffered as a whole.
    if (read.rest.length > PART_BYTES) throw lineTooLongError()
    yield read.lines
    rest = read.rest
    first = read.next
  }
  yield splitLines(`${rest}${decoder.decode()}\n`, first).lines
}

/** Splits text into complete non-blank lines, the rest, and the line number of the rest. */
function splitLines(text: string, first: number) {
  const lines: NumberedLine[] = []
  let from = 0
  let number = first
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
    const line = end > from ? text.slice(from, end) : ''
    if (line.trim() !== '') lines.push({ number, text: line })
    from = end + 1
    number += 1
  }
  return { lines, rest: text.slice(from), next: number }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** Creates the error of a body that exceeds the maximum size of an import. */
export function importTooLargeError(maxBytes: number): AppError {
  return new AppError('PAYLOAD_TOO_LARGE', `An NDJSON import has at most ${formatMiB(maxBytes)}`, {
    hint: '`capstan import FILE` sends a file of any size in parts. With another client, split the file between lines and set ?firstLine=, or raise CAPSTAN_IMPORT_BYTES.',
  })
}

function lineTooLongError(): AppError {
  return new AppError('PAYLOAD_TOO_LARGE', 'A line of the import is longer than 256 KiB', {
    hint: 'Send one row per line, as in GET /api/v1/capabilities/export?format=ndjson.',
  })
}

function formatMiB(bytes: number): string {
  return `${Math.round((bytes / 1_048_576) * 100) / 100} MiB`
}
