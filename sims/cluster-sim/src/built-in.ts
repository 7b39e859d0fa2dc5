import type { DiscoveredGroup } from './discovery/discovered-group.ts'

/** What a cluster has without any CRD. */
export interface BuiltIn {
  /** The answer of /version. */
  version: Record<string, unknown>
  core: DiscoveredGroup
  /** In the server's order of preference. */
  groups: DiscoveredGroup[]
  /** Names of those that another server serves, through an API service. */
  aggregated: ReadonlySet<string>
  /** OpenAPI v3 documents as JSON text, by `api/v1` or `apis/<group>/<version>`. */
  documents: Map<string, Buffer>
}
