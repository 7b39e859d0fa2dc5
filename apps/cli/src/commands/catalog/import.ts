import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { toPlainText } from '@capstan/shared/text/to-plain-text'
import { CliError } from '../../cli-error.ts'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import { printOne } from '../../output/print-one.ts'
import { pluralize } from '@capstan/shared/text/units'
import type { CliSession } from '../../cli-session.ts'

/** The server accepts 256 KiB per request. The margin leaves room for one more line. */
const MOST_BYTES = 200 * 1024

const Imported = z.looseObject({ rows: z.int(), keptNewer: z.int() })

/** Uploads a file in parts. Parts that were uploaded before a failure stay; repeating the import is safe. */
export async function runImport(session: CliSession, file: string): Promise<ExitCode> {
  const total = { rows: 0, keptNewer: 0 }
  for await (const { text, firstLine } of readParts(file)) {
    const { value } = await session.api.post('/capabilities/import', Imported, {
      text: { type: 'application/x-ndjson', content: text },
      query: { firstLine },
      signal: session.io.interrupted,
      fixes: {
        VALIDATION: `Correct these lines, or export the file again: ${session.program} export`,
      },
    })
    total.rows += value.rows
    total.keptNewer += value.keptNewer
  }
  printOne(session, total, { name: String(total.rows), forPeople: () => describeImport(total) })
  return EXIT.ok
}

function describeImport({ rows, keptNewer }: { rows: number; keptNewer: number }): string {
  const newer =
    keptNewer === 0 ? '' : ` ${pluralize(keptNewer, 'row')} did not replace a newer one.`
  return `Imported ${pluralize(rows, 'row')}.${newer}\n`
}

interface Part {
  text: string
  firstLine: number
}

async function* readParts(file: string): AsyncGenerator<Part> {
  let [part, number]: [Part, number] = [{ text: '', firstLine: 1 }, 0]
  for await (const line of readLines(file)) {
    number += 1
    const isFull = Buffer.byteLength(part.text) + Buffer.byteLength(line) > MOST_BYTES
    if (isFull && part.text !== '') {
      yield part
      part = { text: '', firstLine: number }
    }
    part.text += `${line}\n`
  }
  if (part.text !== '') yield part
}

async function* readLines(file: string): AsyncGenerator<string> {
  const input = createReadStream(file, 'utf8')
  try {
    yield* createInterface({ input, crlfDelay: Infinity })
  } catch (error) {
    throw new CliError(`${toPlainText(file)} cannot be read`, {
      exitCode: EXIT.usage,
      why: error instanceof Error ? error.message : undefined,
      fix: 'Name a file that `capstan export` has written.',
      cause: error,
    })
  } finally {
    input.destroy()
  }
}
