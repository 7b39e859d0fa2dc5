import { LOW_CONFIDENCE, type Capability } from '../contract/capability.ts'
import type { Definition } from '../contract/definition.ts'
import { apiVersion, resourceName } from '../contract/resource-type.ts'
import { parseScanTime } from '../scan-id.ts'
import { capabilityId } from './capability-id.ts'
import type { JudgedResult } from './suspicion/judge-result.ts'

interface RowOrigin {
  /** The scan that read the definition. */
  scan: { id: string; cluster: string }
  /** Provider of the answer, and its content key. */
  by: { provider: string; contentKey: string }
}

/** Builds the catalog row of a type from metadata of the API server, the answer, and its provenance. */
export function buildCapabilityRow(
  { scan, by }: RowOrigin,
  definition: Definition,
  result: JudgedResult,
): Capability {
  const { group, version, kind, scope, verbs, shortNames, categories } = definition.type
  return {
    id: capabilityId(scan.cluster, group, kind),
    cluster: scan.cluster,
    resource: resourceName(definition.type),
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
    suspicions: result.suspicions,
    // The catalog applies overrides.
    override: null,
    stale: false,
    provenance: {
      provider: by.provider,
      model: result.model,
      promptVersion: result.promptVersion,
      sharedWith: result.sharedWith,
      definitionHash: definition.definitionHash,
      contentKey: by.contentKey,
      scanId: result.scanId,
      worker: result.worker,
      attempt: result.attempt,
      inferredAt: result.inferredAt,
      asOf: parseScanTime(scan.id),
      durationMs: result.durationMs,
      usage: result.usage,
      truncated: definition.truncated,
    },
  }
}
