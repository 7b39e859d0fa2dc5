import type { OverridableCatalog } from '@capstan/catalog/override/with-overrides'
import type { Capability } from '@capstan/shared/contract/capability'
import { AppError } from '@capstan/shared/errors'
import { startTimeSlice } from '@capstan/shared/async/time-slice'
import type { Sent } from './import-parts.ts'
import { readRow } from './parse-row.ts'

export interface Imported {
  rows: number
  keptNewer: number
}

interface Fault {
  pointer: string
  detail: string
}

const MOST_FAULTS = 20

/**
 * Stores rows part by part, as they come. A part with a faulty row stays out, and so does everything after it; that is
 * read on for its faults alone. Throws VALIDATION with the faults by their places, and what was stored before.
 */
export async function importRows(
  catalog: OverridableCatalog,
  parts: AsyncIterable<Sent[]> | Iterable<Sent[]>,
): Promise<Imported> {
  const total = { rows: 0, keptNewer: 0 }
  const faults: Fault[] = []
  for await (const part of parts) {
    const { rows, errors } = await readPart(part)
    faults.push(...errors)
    if (faults.length >= MOST_FAULTS) break
    if (faults.length > 0) continue
    total.keptNewer += await store(catalog, rows)
    total.rows += rows.length
  }
  if (faults.length > 0) throw unusable(faults, total.rows)
  return total
}

async function readPart(part: Sent[]): Promise<{ rows: Capability[]; errors: Fault[] }> {
  const rows: Capability[] = []
  const errors: Fault[] = []
  const slice = startTimeSlice()
  for (const { pointer, line, row } of part) {
    if (slice.isOver) await slice.next()
    const read = readRow(row)
    if (typeof read !== 'string') rows.push(read)
    else errors.push({ pointer, detail: line === undefined ? read : `line ${line}: ${read}` })
  }
  return { rows, errors }
}

/**
 * Returns how many rows were older than what is known. Of several rows of a type only the newest is written; a correction
 * is imported unless there is one already.
 */
async function store(catalog: OverridableCatalog, rows: Capability[]): Promise<number> {
  const types = [...Map.groupBy(rows, (row) => `${row.cluster}|${row.resource}`).values()]
  const newest = types.flatMap((ofType) => ofType.toSorted(byAge).slice(-1))
  await catalog.put(newest)
  const known = await Promise.all(
    newest.map(({ cluster, resource }) => catalog.get(cluster, resource)),
  )
  let keptNewer = 0
  for (const [index, ofType] of types.entries()) {
    const now = known[index]
    if (!now) continue
    keptNewer += ofType.filter((row) => lookedAt(now) > lookedAt(row)).length
    const { override } = ofType.find((row) => row.override) ?? now
    if (!override || now.override) continue
    const { by, at, note, fields } = override
    await catalog.setOverride(now.cluster, now.resource, { by, at, note, fields })
  }
  return keptNewer
}

/** The last of equal ones counts, as when each is written. */
function byAge(a: Capability, b: Capability): number {
  return lookedAt(a) === lookedAt(b) ? 0 : lookedAt(a) < lookedAt(b) ? -1 : 1
}

function lookedAt({ provenance: { asOf, inferredAt } }: Capability): string {
  return `${asOf ?? inferredAt} ${inferredAt}`
}

function unusable(faults: Fault[], stored: number): AppError {
  const taken = stored === 0 ? 'none was taken' : `only the first ${stored} were taken`
  return new AppError('VALIDATION', `Rows of the import cannot be used; ${taken}`, {
    hint: 'Send what `capstan export`, or GET /api/v1/capabilities/export, writes as NDJSON or JSON; to send rows again does no harm.',
    extra: { errors: faults.slice(0, MOST_FAULTS), unprocessable: true },
  })
}
