import type {
  ClusterSource,
  DescribeResult,
  DefinitionCache,
} from '@capstan/cluster/cluster-source'
import type { Definition } from '@capstan/shared/contract/definition'
import { resourceName } from '@capstan/shared/contract/resource-type'
import { summarizeAnswer } from '@capstan/shared/inference/summarize-answer'
import type { Plan, PlanEntry } from '@capstan/scan-store/journal/types'
import { judgeResult, type JudgedResult } from '@capstan/shared/inference/suspicion/judge-result'
import type { StoredResult } from '@capstan/shared/contract/stored-result'
import { capWarnings } from '../scans/cap-warnings.ts'
import { decide, type Rules } from './plan-type.ts'
import type { FoundTypes } from '../clusters/find-types.ts'

export interface PlanParts {
  source: ClusterSource
  known: DefinitionCache
  /** Stored answers that serve this scan, in the order of the content keys; undefined where there is none. */
  findAnswers(contentKeys: string[]): Promise<(StoredResult | undefined)[]>
  /** Writes the catalog rows of types whose answer is stored. A dry run writes nothing. */
  writeRows(types: AnsweredType[]): Promise<void>
  /** Keeps definitions that jobs will refer to. A dry run keeps nothing. */
  keep(definitions: Definition[]): Promise<void>
  /** Told of each type that is not asked about, because its question has been answered. */
  noteUnchanged(definition: Definition): void
}

/** A type that would be asked about. */
interface Candidate {
  entry: PlanEntry
  definition: Definition
}

/** A type whose question has a stored answer. */
export interface AnsweredType extends Candidate {
  result: JudgedResult
}

/** Definitions and answers held at a time: memory stays flat however large the cluster. */
const BATCH = 200

/**
 * Describes the chosen types as a stream and decides about each. Entries come in order of their names. Rows of types
 * with a stored answer are written before it returns, so that a plan never promises a row that is missing.
 */
export async function makePlan(
  parts: PlanParts,
  found: FoundTypes,
  rules: Rules,
  signal: AbortSignal,
): Promise<Plan> {
  const { source, known, noteUnchanged } = parts
  const entries = new Map<string, PlanEntry>()
  let batch: Candidate[] = []
  const flush = async (): Promise<void> => {
    for (const entry of await useStoredAnswers(parts, batch)) entries.set(entry.resource, entry)
    batch = []
  }
  for await (const described of source.describe(found.types, known, signal)) {
    const entry = decide(described, rules)
    entries.set(entry.resource, entry)
    if (described.outcome === 'described') {
      const { definition } = described
      if (entry.action === 'analyze') batch.push({ entry, definition })
      else noteUnchanged(definition)
    }
    if (batch.length >= BATCH) await flush()
  }
  await flush()
  signal.throwIfAborted()
  return {
    entries: found.types.map((type) => entries.get(resourceName(type)) ?? missing(type, rules)),
    excluded: found.excluded,
    unavailable: found.unavailable,
    warnings: [...found.warnings, ...capWarnings(source.warnings())],
  }
}

/** Returns the new entries of the types whose answer is stored; keeps the definitions of all others for their jobs. */
async function useStoredAnswers(
  { findAnswers, writeRows, keep }: PlanParts,
  batch: Candidate[],
): Promise<PlanEntry[]> {
  if (batch.length === 0) return []
  const results = await findAnswers(batch.map(({ entry }) => entry.contentKey))
  const answered = batch.flatMap((candidate, index): AnsweredType[] => {
    const result = results[index]
    return result ? [{ ...candidate, result: judgeResult(candidate.definition, result) }] : []
  })
  const unanswered = batch.filter((_, index) => results[index] === undefined)
  if (answered.length > 0) await writeRows(answered)
  if (unanswered.length > 0) await keep(unanswered.map(({ definition }) => definition))
  return answered.map(({ entry, result }) => ({
    ...entry,
    action: 'stored',
    answer: summarizeAnswer(result.answer),
  }))
}

/** A source that forgets a type breaks its contract; the type must still end in a state. */
function missing(
  type: Extract<DescribeResult, { outcome: 'undescribable' }>['type'],
  rules: Rules,
) {
  return decide({ outcome: 'undescribable', type, reason: 'nothing was read of it' }, rules)
}
