import type { OverridableCatalog } from '@capstan/catalog/override/with-overrides'
import type { Capability } from '@capstan/shared/contract/capability'
import type { ImportResult } from '@capstan/shared/contract/catalog/import-result'
import { AppError } from '@capstan/shared/errors'
import { startTimeSlice } from '@capstan/shared/async/time-slice'
import type { ImportRow } from './import-parts.ts'
import { parseImportRow } from './parse-import-row.ts'

interface RowFault {
  pointer: string
  detail: string
}

const MAX_FAULTS = 20

/**
 * Stores rows part by part as they arrive. A part with an invalid row is not stored, and later parts are only
 * validated. `onStored` gets the number of rows so far after each stored part. AppError VALIDATION with the position of each fault and the number of stored rows.
 */
export async function importRows(
  catalog: OverridableCatalog,
  parts: AsyncIterable<ImportRow[]> | Iterable<ImportRow[]>,
  onStored?: (rows: number) => void,
): Promise<ImportResult> {
  const total = { rows: 0, keptNewer: 0 }
  const faults: RowFault[] = []
  for await (const part of parts) {
    const { rows, errors } = await readPart(part)
    faults.push(...errors)
    if (faults.length >= MAX_FAULTS) break
    if (faults.length > 0) continue
    total.keptNewer += await store(catalog, rows)
    total.rows += rows.length
    onStored?.(total.rows)
  }
  if (faults.length > 0) throw invalidRowsError(faults, total.rows)
  return total
}

async function readPart(part: ImportRow[]): Promise<{ rows: Capability[]; errors: RowFault[] }> {
  const rows: Capability[] = []
  const errors: RowFault[] = []
  const slice = startTimeSlice()
  for (const { pointer, line, row } of part) {
    if (slice.isOver) await slice.next()
    const read = parseImportRow(row)
    if (typeof read !== 'string') rows.push(read)
    else errors.push({ pointer, detail: line === undefined ? read : `line ${line}: ${read}` })
  }
  return { rows, errors }
}

/**
 * Stores the newest row of each type, and an override unless the catalog has one. Returns the number of rows that were
 * older than the catalog.
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
    keptNewer += ofType.filter((row) => formatAge(now) > formatAge(row)).length
    const { override } = ofType.find((row) => row.override) ?? now
    if (!override || now.override) continue
    const { by, at, note, fields } = override
    await catalog.setOverride(now.cluster, now.resource, { by, at, note, fields })
  }
  return keptNewer
}

/** The later of two equally old rows wins, as if each was written. */
function byAge(a: Capability, b: Capability): number {
  return formatAge(a) === formatAge(b) ? 0 : formatAge(a) < formatAge(b) ? -1 : 1
}

function formatAge({ provenance: { asOf, inferredAt } }: Capability): string {
  return `${asOf ?? inferredAt} ${inferredAt}`
}

function invalidRowsError(faults: RowFault[], stored: number): AppError {
  const result = stored === 0 ? 'no row was stored' : `only the first ${stored} rows were stored`
  return new AppError('VALIDATION', `The import has invalid rows; ${result}`, {
    hint: 'Send the NDJSON or JSON output of `capstan export`, or GET /api/v1/capabilities/export. Importing rows again is safe.',
    extra: { errors: faults.slice(0, MAX_FAULTS), unprocessable: true },
  })
}
