import { findCuratedAnswer } from '@capstan/curated-answers/find-curated-answer'
import { createRuleBasedAnswer } from '@capstan/rule-based-answers/create-rule-based-answer'
import type { Capability } from '@capstan/shared/contract/capability'
import type { Definition } from '@capstan/shared/contract/definition'
import { resourceName } from '@capstan/shared/contract/resource-type'
import { makeCapability } from '@capstan/testkit/make-capability'
import { readDefinitions } from '../stack/read-definitions.ts'

export interface ScannedRows {
  rows: Capability[]
  /** Number of rows with a curated answer. The others are rule-based. */
  curated: number
}

/**
 * The rows of a scan without a model, by the functions that it uses: discovery, definitions, curated answers and rules.
 * `cluster`: `demo`, or the list of a recorded cluster, which is served over HTTP.
 */
export async function scanRows(cluster: string, signal: AbortSignal): Promise<ScannedRows> {
  const scanned: ScannedRows = { rows: [], curated: 0 }
  for await (const definition of readDefinitions({ cluster, include: ['*'] }, signal)) {
    const curated = findCuratedAnswer(definition)
    if (curated) scanned.curated += 1
    const answer = curated ?? createRuleBasedAnswer(definition.outline)
    scanned.rows.push(buildRow(definition, answer))
  }
  return scanned
}

function buildRow({ type }: Definition, answer: Partial<Capability>): Capability {
  const { group, kind, scope, shortNames } = type
  return makeCapability({ ...answer, resource: resourceName(type), group, kind, scope, shortNames })
}
