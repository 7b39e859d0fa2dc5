import { AppError } from '@capstan/shared/errors'
import { startTimeSlice } from '@capstan/shared/async/time-slice'

/** A row as it was sent, and its place in the body. */
export interface Sent {
  /** JSON pointer to the row; the lines of NDJSON count as members of a list. */
  pointer: string
  /** Number of its line; absent in a JSON list. */
  line?: number
  row: unknown
}

export interface ImportLimits {
  /** Of the whole body. */
  mostBytes: number
  /** Number of the first line, for the faults of a file that is sent in pieces. */
  firstLine: number
}

/** So much of a body is in memory at once, and taken or refused as a whole. */
const PART_BYTES = 256 * 1024

/** Rows of an NDJSON body in parts, as they arrive. Throws PAYLOAD_TOO_LARGE for what no import takes. */
export async function* partsOfLines(
  body: AsyncIterable<Uint8Array>,
  { mostBytes, firstLine }: ImportLimits,
): AsyncGenerator<Sent[]> {
  let part: Sent[] = []
  let bytes = 0
  const slice = startTimeSlice()
  for await (const lines of linesOf(body, { mostBytes, firstLine })) {
    for (const { number, text } of lines) {
      if (slice.isOver) await slice.next()
      if (bytes + text.length > PART_BYTES && part.length > 0) {
        yield part
        part = []
        bytes = 0
      }
      part.push({ pointer: `#/${number - 1}`, line: number, row: parsed(text) })
      bytes += text.length
    }
  }
  if (part.length > 0) yield part
}

/** A JSON list is a part of its own: it has arrived as a whole. */
export function partOfList(rows: unknown[]): Sent[] {
  return rows.map((row, index) => ({ pointer: `#/${index}`, row }))
}

interface NumberedLine {
  number: number
  text: string
}

/** Lines that are not blank, those of a chunk together: a body of blank lines costs no step for each of them. */
async function* linesOf(
  body: AsyncIterable<Uint8Array>,
  { mostBytes, firstLine }: ImportLimits,
): AsyncGenerator<NumberedLine[]> {
  const decoder = new TextDecoder()
  let bytes = 0
  let rest = ''
  let first = firstLine
  for await (const chunk of body) {
    bytes += chunk.byteLength
    if (bytes > mostBytes) throw tooLarge(mostBytes)
    const read = splitLines(rest + decoder.decode(chunk, { stream: true }), first)
    // A body without an end of line would be kept whole.
    if (read.rest.length > PART_BYTES) throw tooLong()
    yield read.lines
    rest = read.rest
    first = read.next
  }
  yield splitLines(`${rest}${decoder.decode()}\n`, first).lines
}

/** Whole lines that are not blank, what follows the last of them, and the number of that. */
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

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** The body is larger than an import may be. */
export function tooLarge(mostBytes: number): AppError {
  return new AppError(
    'PAYLOAD_TOO_LARGE',
    `An import takes ${inMiB(mostBytes)} of NDJSON at once`,
    {
      hint: '`capstan import FILE` sends a file of any size in parts. With another client, split it between two lines and say ?firstLine=, or raise CAPSTAN_IMPORT_BYTES.',
    },
  )
}

function tooLong(): AppError {
  return new AppError('PAYLOAD_TOO_LARGE', 'A line of the import is longer than 256 KiB', {
    hint: 'Send one row a line, as GET /api/v1/capabilities/export?format=ndjson writes them.',
  })
}

function inMiB(bytes: number): string {
  return `${Math.round((bytes / 1_048_576) * 100) / 100} MiB`
}
