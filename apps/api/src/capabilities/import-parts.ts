import { AppError } from '@capstan/shared/errors'

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
  let line = firstLine - 1
  for await (const text of linesOf(body, mostBytes)) {
    line += 1
    if (text.trim() === '') continue
    if (bytes + text.length > PART_BYTES && part.length > 0) {
      yield part
      part = []
      bytes = 0
    }
    part.push({ pointer: `#/${line - 1}`, line, row: parsed(text) })
    bytes += text.length
  }
  if (part.length > 0) yield part
}

/** A JSON list is a part of its own: it has arrived as a whole. */
export function partOfList(rows: unknown[]): Sent[] {
  return rows.map((row, index) => ({ pointer: `#/${index}`, row }))
}

async function* linesOf(
  body: AsyncIterable<Uint8Array>,
  mostBytes: number,
): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let bytes = 0
  let rest = ''
  for await (const chunk of body) {
    bytes += chunk.byteLength
    if (bytes > mostBytes) throw tooLarge(mostBytes)
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    // A body without an end of line would be kept whole.
    if (rest.length > PART_BYTES) throw tooLong()
    yield* lines
  }
  yield rest + decoder.decode()
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
