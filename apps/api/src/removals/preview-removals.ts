import type { ScanPlan } from '@capstan/shared/contract/scan/scan-plan'
import { listSome } from '@capstan/shared/text/list-some'
import { findRemoved, type FoundRemoved, type Look } from './find-removed-types.ts'

/** What a scan would mark as stale because it has gone, and whether the safety limit would keep it from that. */
export async function previewRemovals(
  look: Look,
  signal: AbortSignal,
): Promise<ScanPlan['removals']> {
  const found = await findRemoved(look, 'fresh', signal)
  const { known, fresh: resources, needsForce, warnings } = found
  const words = [...inWords(resources.length, known, needsForce), ...leftAlone(found), ...warnings]
  return { known, resources, needsForce, summary: words.join(' ') }
}

function inWords(gone: number, known: number, needsForce: boolean): string[] {
  if (gone === 0) return ['No known type has gone from the cluster.']
  const what = `${gone} of the ${known} known types ${gone === 1 ? 'has' : 'have'} gone from the cluster`
  if (!needsForce) return [`${what} and would be marked as stale; nothing is deleted.`]
  return [
    `${what}. That is more than a fifth, which looks more like a fault than a wish, so none would be marked as stale.`,
  ]
}

function leftAlone({ unavailable }: FoundRemoved): string[] {
  if (unavailable.length === 0) return []
  const groups = listSome(unavailable.map(({ group }) => group))
  return [`Types of groups that did not answer are unknown, not gone: ${groups}.`]
}
