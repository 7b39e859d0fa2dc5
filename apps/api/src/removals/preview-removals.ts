import type { ScanPlan } from '@capstan/shared/contract/scan/scan-plan'
import { listSome } from '@capstan/shared/text/list-some'
import {
  findRemovedTypes,
  type RemovedTypesReport,
  type RemovalCheck,
} from './find-removed-types.ts'

/** Previews which missing types a scan would mark as stale, and whether the safety threshold prevents it. */
export async function previewRemovals(
  check: RemovalCheck,
  signal: AbortSignal,
): Promise<ScanPlan['removals']> {
  const found = await findRemovedTypes(check, 'fresh', signal)
  const { known, fresh: resources, needsForce, warnings } = found
  const sentences = [
    ...describeRemovals(resources.length, known, needsForce),
    ...describeUnavailable(found),
    ...warnings,
  ]
  return { known, resources, needsForce, summary: sentences.join(' ') }
}

function describeRemovals(gone: number, known: number, needsForce: boolean): string[] {
  if (gone === 0) return ['No known type is missing from the cluster.']
  const what = `${gone} of the ${known} known types ${gone === 1 ? 'is' : 'are'} missing from the cluster`
  if (!needsForce) return [`${what} and would be marked as stale. Nothing is deleted.`]
  return [`${what}. More than a fifth is probably a fault, so none would be marked as stale.`]
}

function describeUnavailable({ unavailable }: RemovedTypesReport): string[] {
  if (unavailable.length === 0) return []
  const groups = listSome(unavailable.map(({ group }) => group))
  return [`Groups that did not answer are not compared: ${groups}.`]
}
