import type { OverridableCatalog } from '@capstan/catalog/override/with-overrides'
import type { Capability } from '@capstan/shared/contract/capability'
import { AppError } from '@capstan/shared/errors'
import type { Sent } from './import-parts.ts'
import { readRow } from './read-row.ts'

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
    const { rows, errors } = readPart(part)
    faults.push(...errors)
    if (faults.length >= MOST_FAULTS) break
    if (faults.length > 0) continue
    total.keptNewer += await store(catalog, rows)
    total.rows += rows.length
  }
  if (faults.length > 0) throw unusable(faults, total.rows)
  return total
}

function readPart(part: Sent[]): { rows: Capability[]; errors: Fault[] } {
  const rows: Capability[] = []
  const errors: Fault[] = []
  for (const { pointer, line, row } of part) {
    const read = readRow(row)
    if (typeof read !== 'string') rows.push(read)
    else errors.push({ pointer, detail: line === undefined ? read : `line ${line}: ${read}` })
  }
  return { rows, errors }
}

/** Answers how many rows were older than what is known. A correction comes along unless there is one already. */
async function store(catalog: OverridableCatalog, rows: Capability[]): Promise<number> {
  await catalog.put(rows)
  const known = await Promise.all(
    rows.map(({ cluster, resource }) => catalog.get(cluster, resource)),
  )
  let keptNewer = 0
  for (const [index, { cluster, resource, provenance, override }] of rows.entries()) {
    const now = known[index]
    if (now && lookedAt(now.provenance) > lookedAt(provenance)) keptNewer += 1
    if (!override || !now || now.override) continue
    const { by, at, note, fields } = override
    await catalog.setOverride(cluster, resource, { by, at, note, fields })
  }
  return keptNewer
}

function lookedAt({ asOf, inferredAt }: Capability['provenance']): string {
  return `${asOf ?? inferredAt} ${inferredAt}`
}

function unusable(faults: Fault[], stored: number): AppError {
  const taken = stored === 0 ? 'none was taken' : `only the first ${stored} were taken`
  return new AppError('VALIDATION', `Rows of the import cannot be used; ${taken}`, {
    hint: 'Send what `capstan export`, or GET /api/v1/capabilities/export, writes as NDJSON or JSON; to send rows again does no harm.',
    extra: { errors: faults.slice(0, MOST_FAULTS), unprocessable: true },
  })
}
