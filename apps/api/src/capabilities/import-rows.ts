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

/** The rows of an export. Throws VALIDATION with every fault by its line; `firstLine` is the number of the first. */
export function readRows(body: string, firstLine: number): Capability[] {
  const rows: Capability[] = []
  const errors: Fault[] = []
  body.split('\n').forEach((line, index) => {
    if (line.trim() === '') return
    const read = readRow(line)
    if (typeof read === 'string')
      errors.push({ pointer: `line ${firstLine + index}`, detail: read })
    else rows.push(read)
  })
  if (errors.length === 0) return rows
  throw new AppError(
    'VALIDATION',
    'Rows of the import cannot be used; none of this body was taken',
    {
      hint: 'Send what GET /api/v1/capabilities/export?format=ndjson writes.',
      extra: { errors: errors.slice(0, MOST_FAULTS), unprocessable: true },
    },
  )
}

/** The row, or what is wrong with it. Its texts are cleaned like a model's: they are shown in the same places. */
function readRow(line: string): Capability | string {
  const { success, data: row, error } = Capability.safeParse(plainMembers(parsed(line)))
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
