import type { DiscoveredGroup } from './discovery/discovered-group.ts'

/** The part of a cluster that exists without CRDs. */
export interface BuiltIn {
  /** Response of /version. */
  version: Record<string, unknown>
  core: DiscoveredGroup
  /** In the server's order of preference. */
  groups: DiscoveredGroup[]
  /** Names of groups that an aggregated API server serves. */
  aggregated: ReadonlySet<string>
  /** OpenAPI v3 documents as JSON text, by `api/v1` or `apis/<group>/<version>`. */
  documents: Map<string, Buffer>
}
