import type { ClusterSource, DescribeResult, SourceCache } from '@capstan/cluster/cluster-source'
import { classifyProvider, type AnswerSource } from '@capstan/shared/contract/answer-source'
import type { Definition } from '@capstan/shared/contract/definition'
import { resourceName } from '@capstan/shared/contract/resource-type'
import type { CuratedResult } from '@capstan/shared/inference/find-curated-result'
import { summarizeAnswer } from '@capstan/shared/inference/summarize-answer'
import type { Plan, PlanEntry } from '@capstan/scan-store/journal/types'
import { judgeResult, type JudgedResult } from '@capstan/shared/inference/suspicion/judge-result'
import type { StoredResult } from '@capstan/shared/contract/stored-result'
import { capWarnings } from '../clusters/describe-selection.ts'
import { planType, type PlanRules } from './plan-type.ts'
import type { TypeSelection } from '../clusters/find-types.ts'

export interface PlanParts {
  source: ClusterSource
  /** Cache of definitions, so that unchanged ones are not read again. */
  definitionCache: SourceCache
  /** Finds stored answers usable by this scan, in the order of the content keys; undefined without an answer. */
  findAnswers(contentKeys: string[]): Promise<(StoredResult | undefined)[]>
  /** Finds the curated answer about a definition. Undefined for a scan that does not use curated answers. */
  findCurated?: ((definition: Definition) => CuratedResult | undefined) | undefined
  /** Writes the catalog rows of types with a stored or a curated answer. A dry run writes nothing. */
  writeRows(types: AnsweredType[]): Promise<void>
  /** Stores definitions that jobs will refer to. A dry run stores nothing. */
  storeDefinitions(definitions: Definition[]): Promise<void>
  /** Called for each type that needs no model call. */
  noteUnchanged(definition: Definition): void
}

/** A type that needs a model call unless its answer is curated or stored. */
interface Candidate {
  entry: PlanEntry
  definition: Definition
  curated: CuratedResult | undefined
}

/** A type with a stored or a curated answer. */
export interface AnsweredType extends Pick<Candidate, 'entry' | 'definition'> {
  source: AnswerSource
  result: JudgedResult
}

/** Number of definitions and answers in memory at a time, whatever the size of the cluster. */
const CHUNK_SIZE = 200

/**
 * Describes the selected types as a stream and plans each. Entries are ordered by name. Catalog rows of types with a
 * stored or a curated answer are written before it returns, so that a plan never refers to a missing row.
 */
export async function makePlan(
  parts: PlanParts,
  found: TypeSelection,
  rules: PlanRules,
  signal: AbortSignal,
): Promise<Plan> {
  const { source, definitionCache, noteUnchanged, findCurated } = parts
  const entries = new Map<string, PlanEntry>()
  let chunk: Candidate[] = []
  const flush = async (): Promise<void> => {
    const answered = await useKnownAnswers(parts, chunk, classifyProvider(rules.provider))
    for (const entry of answered) entries.set(entry.resource, entry)
    chunk = []
  }
  for await (const described of source.describe(found.types, definitionCache, signal)) {
    const curated =
      described.outcome === 'described' ? findCurated?.(described.definition) : undefined
    const entry = planType(described, rules, curated?.contentKey)
    entries.set(entry.resource, entry)
    if (described.outcome === 'described') {
      const { definition } = described
      if (entry.action === 'analyze') chunk.push({ entry, definition, curated })
      else noteUnchanged(definition)
    }
    if (chunk.length >= CHUNK_SIZE) await flush()
  }
  await flush()
  signal.throwIfAborted()
  return {
    entries: found.types.map((type) => entries.get(resourceName(type)) ?? planMissing(type, rules)),
    excluded: found.excluded,
    unavailable: found.unavailable,
    warnings: [...found.warnings, ...capWarnings(source.warnings())],
  }
}

/**
 * Returns the updated entries of types with a curated or a stored answer. Stores the definitions of all others for their
 * jobs. `storedSource`: source of the stored answers.
 */
async function useKnownAnswers(
  { findAnswers, writeRows, storeDefinitions }: PlanParts,
  chunk: Candidate[],
  storedSource: AnswerSource,
): Promise<PlanEntry[]> {
  const asked = chunk.filter(({ curated }) => !curated)
  const results = asked.length === 0 ? [] : await findAnswers(asked.map(readContentKey))
  const stored = new Map(asked.map((candidate, index) => [candidate, results[index]]))
  const answered = chunk.flatMap((candidate): AnsweredType[] => {
    const { entry, definition, curated } = candidate
    const result = curated?.result ?? stored.get(candidate)
    if (!result) return []
    const source = curated ? 'curated' : storedSource
    return [{ entry, definition, source, result: judgeResult(definition, result, source) }]
  })
  const unanswered = asked.filter((candidate) => !stored.get(candidate))
  if (answered.length > 0) await writeRows(answered)
  if (unanswered.length > 0) await storeDefinitions(unanswered.map(({ definition }) => definition))
  return answered.map(toAnsweredEntry)
}

function readContentKey({ entry }: Candidate): string {
  return entry.contentKey
}

function toAnsweredEntry({ entry, source, result }: AnsweredType): PlanEntry {
  const answer = summarizeAnswer(result.answer)
  return source === 'curated'
    ? { ...entry, action: 'curated', answer }
    : { ...entry, action: 'stored', answer, source }
}

/** Covers a source that breaks its contract and omits a type: every type must reach a final state. */
function planMissing(
  type: Extract<DescribeResult, { outcome: 'undescribable' }>['type'],
  rules: PlanRules,
) {
  return planType(
    { outcome: 'undescribable', type, reason: 'the cluster returned no definition' },
    rules,
  )
}
