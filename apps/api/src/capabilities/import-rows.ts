import { Capability } from '@capstan/shared/contract/capability'
import { AppError } from '@capstan/shared/errors'
import { capabilityId } from '@capstan/shared/inference/capability-id'
import { plainMembers } from '@capstan/shared/inference/plain-members'

/** Clocks differ; but a row of next year would keep every later scan from replacing it. */
const CLOCK_SKEW_MS = 3_600_000
const MOST_FAULTS = 20

interface Fault {
  pointer: string
  detail: string
}

interface Sent {
  pointer: string
  row: unknown
}

/**
 * The rows of an export, as NDJSON or as a JSON list. Throws VALIDATION with every fault by its line, or by its place
 * in the list; `firstLine` is the number of the first line.
 */
export function readRows(body: string | unknown[], firstLine: number): Capability[] {
  const rows: Capability[] = []
  const errors: Fault[] = []
  const sent = typeof body === 'string' ? linesOf(body, firstLine) : listed(body)
  for (const { pointer, row } of sent) {
    const read = readRow(row)
    if (typeof read === 'string') errors.push({ pointer, detail: read })
    else rows.push(read)
  }
  if (errors.length === 0) return rows
  throw new AppError(
    'VALIDATION',
    'Rows of the import cannot be used; none of this body was taken',
    {
      hint: 'Send what GET /api/v1/capabilities/export?format=ndjson (or json) writes.',
      extra: { errors: errors.slice(0, MOST_FAULTS), unprocessable: true },
    },
  )
}

function linesOf(body: string, firstLine: number): Sent[] {
  return body.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return []
    return [{ pointer: `line ${firstLine + index}`, row: parsed(line) }]
  })
}

function listed(body: unknown[]): Sent[] {
  return body.map((row, index) => ({ pointer: `#/${index}`, row }))
}

/** The row, or what is wrong with it. Its texts are cleaned like a model's: they are shown in the same places. */
function readRow(sent: unknown): Capability | string {
  const { success, data: row, error } = Capability.safeParse(plainMembers(sent))
  if (!success) {
    const [issue] = error.issues
    return `${issue?.path.join('.') || 'row'}: ${issue?.message ?? 'unusable'}`
  }
  return contradiction(row) ?? row
}

/** What a row of the right form says that cannot be. */
function contradiction(row: Capability): string | undefined {
  const { cluster, group, kind, resource, provenance } = row
  if (row.id !== capabilityId(cluster, group, kind)) {
    return 'id: is not that of this cluster, group and kind'
  }
  if (group !== '' && !resource.endsWith(`.${group}`)) return `resource: is not of group ${group}`
  const latest = Date.now() + CLOCK_SKEW_MS
  const times = [provenance.inferredAt, provenance.asOf ?? provenance.inferredAt]
  const isAhead = times.some((time) => Date.parse(time) > latest)
  return isAhead ? 'provenance: lies in the future' : undefined
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
