import { Capability } from '@capstan/shared/contract/capability'
import { capabilityId } from '@capstan/shared/inference/capability-id'
import { cleanMembers } from '@capstan/shared/inference/clean-members'
import { isNestedDeeply } from '@capstan/shared/json/is-nested-deeply'
import { describeIssue } from '../validation/describe-issue.ts'

/** Clocks differ; but a row of next year would keep every later scan from replacing it. */
const CLOCK_SKEW_MS = 3_600_000

/** The row, or what is wrong with it. Its texts are cleaned like a model's: they are shown in the same places. */
export function readRow(sent: unknown): Capability | string {
  if (isNestedDeeply(sent)) return 'row: is nested too deeply'
  const {
    success,
    data: row,
    error,
  } = Capability.safeParse(cleanMembers(sent), {
    error: describeIssue,
  })
  if (!success) {
    const [issue] = error.issues
    return `${issue?.path.join('.') || 'row'}: ${issue?.message ?? 'is not valid'}`
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
