import { LOW_CONFIDENCE, type Capability } from '../contract/capability.ts'
import type { Definition } from '../contract/definition.ts'
import { apiVersion, resourceName } from '../contract/resource-type.ts'
import { parseScanTime } from '../scan-id.ts'
import { capabilityId } from './capability-id.ts'
import type { JudgedResult } from './suspicion/judge-result.ts'

interface RowOrigin {
  /** The scan that looked at the definition. */
  scan: { id: string; cluster: string }
  /** Whose answer it is, and the name under which that is stored. */
  by: { provider: string; contentKey: string }
}

/** The catalog row of one type: facts from the API server, the answer, and where it came from. */
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
      packedWith: result.packedWith,
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
