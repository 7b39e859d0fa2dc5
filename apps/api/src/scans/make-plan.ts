import type { ClusterSource, Described, KnownDefinitions } from '@capstan/cluster/cluster-source'
import type { Definition } from '@capstan/shared/contract/definition'
import { resourceName } from '@capstan/shared/contract/resource-type'
import type { Plan, PlanEntry } from '@capstan/shared/journal/types'
import { decide, type Rules } from './decide.ts'
import type { FoundTypes } from './find-types.ts'

export interface PlanParts {
  source: ClusterSource
  known: KnownDefinitions
  /** Keeps definitions that jobs will refer to. A dry run keeps nothing. */
  keep(definitions: Definition[]): Promise<void>
  /** Told of each type that is not asked about, because its question has been answered. */
  noteUnchanged(definition: Definition): void
}

/** Definitions kept at a time: memory stays flat however large the cluster. */
const BATCH = 200

/** Describes the chosen types as a stream and decides about each. Entries come in order of their names. */
export async function makePlan(
  { source, known, keep, noteUnchanged }: PlanParts,
  found: FoundTypes,
  rules: Rules,
  signal: AbortSignal,
): Promise<Plan> {
  const entries = new Map<string, PlanEntry>()
  let batch: Definition[] = []
  const flush = async (): Promise<void> => {
    if (batch.length > 0) await keep(batch)
    batch = []
  }
  for await (const described of source.describe(found.types, known, signal)) {
    const entry = decide(described, rules)
    entries.set(entry.resource, entry)
    if (described.outcome === 'described') {
      if (entry.action === 'analyze') batch.push(described.definition)
      else noteUnchanged(described.definition)
    }
    if (batch.length >= BATCH) await flush()
  }
  await flush()
  signal.throwIfAborted()
  return {
    entries: found.types.map((type) => entries.get(resourceName(type)) ?? missing(type, rules)),
    excluded: found.excluded,
    unavailable: found.unavailable,
    warnings: [...found.warnings, ...source.warnings()],
  }
}

/** A source that forgets a type breaks its contract; the type must still end in a state. */
function missing(type: Extract<Described, { outcome: 'undescribable' }>['type'], rules: Rules) {
  return decide({ outcome: 'undescribable', type, reason: 'nothing was read of it' }, rules)
}
