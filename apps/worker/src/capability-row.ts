import { LOW_CONFIDENCE, type Capability } from '@capstan/shared/contract/capability'
import type { Definition } from '@capstan/shared/contract/definition'
import { apiVersion } from '@capstan/shared/contract/resource-type'
import { capabilityId } from '@capstan/shared/inference/capability-id'
import { scanTime } from '@capstan/shared/journal/scan-id'
import type { StoredResult } from '@capstan/shared/results/stored-result'
import type { Work } from './work.ts'

/** The catalog row of one type: facts from the plan and the API server, the answer, and where it came from. */
export function capabilityRow(
  { claim: { scan, entry }, by }: Pick<Work, 'claim' | 'by'>,
  definition: Definition,
  result: StoredResult,
): Capability {
  const { resource, kind, group, version, scope } = entry
  const { verbs, shortNames, categories } = definition.type
  return {
    id: capabilityId(scan.cluster, group, kind),
    cluster: scan.cluster,
    resource,
    group,
    version,
    apiVersion: apiVersion({ group, version }),
    kind,
    scope,
    verbs,
    shortNames,
    categories,
    printerColumns: definition.printerColumns,
    ...result.answer,
    lowConfidence: result.answer.confidence < LOW_CONFIDENCE,
    // The catalog applies what people say.
    override: null,
    stale: false,
    provenance: {
      provider: by.provider,
      model: result.model,
      promptVersion: result.promptVersion,
      packedWith: result.packedWith,
      definitionHash: definition.definitionHash,
      contentKey: by.contentKey,
      scanId: result.scanId,
      inferredAt: result.inferredAt,
      asOf: scanTime(scan.id),
      durationMs: result.durationMs,
      usage: result.usage,
      truncated: entry.truncated,
    },
  }
}
