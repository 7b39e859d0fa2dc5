import { classifyProvider } from '@capstan/shared/contract/answer-source'
import { Capability } from '@capstan/shared/contract/capability'
import { capabilityId } from '@capstan/shared/inference/capability-id'
import { cleanMembers } from '@capstan/shared/inference/clean-members'
import { isNestedDeeply } from '@capstan/shared/json/is-nested-deeply'
import { describeIssue } from '../validation/describe-issue.ts'

/** Tolerance for clock differences. A row from the future would prevent later scans from replacing it. */
const CLOCK_SKEW_MS = 3_600_000

/**
 * Returns the row, or a description of its first fault. Texts are sanitized like model answers, because they are shown
 * in the same places.
 */
export function parseImportRow(sent: unknown): Capability | string {
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
  return findContradiction(row) ?? row
}

/** Returns a contradiction in a row of the right form. */
function findContradiction(row: Capability): string | undefined {
  const { cluster, group, kind, resource, provenance } = row
  if (row.id !== capabilityId(cluster, group, kind)) {
    return 'id: does not match cluster, group and kind'
  }
  if (group !== '' && !resource.endsWith(`.${group}`))
    return `resource: does not end with group ${group}`
  if (lacksUseCase(row)) {
    return 'useCase: is empty; only answers with provenance.provider demo or curated can have none'
  }
  const latest = Date.now() + CLOCK_SKEW_MS
  const times = [provenance.inferredAt, provenance.asOf ?? provenance.inferredAt]
  const isAhead = times.some((time) => Date.parse(time) > latest)
  return isAhead ? 'provenance: is in the future' : undefined
}

/** Answers of a model always have a use case. An override may hide that the answer has none. */
function lacksUseCase({ useCase, override, provenance }: Capability): boolean {
  return (
    classifyProvider(provenance.provider) === 'model' &&
    [useCase, override?.inferred.useCase].includes('')
  )
}
