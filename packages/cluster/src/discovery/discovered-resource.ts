/** One resource of one version of a group, as discovery says it, before a version is chosen. */
export interface DiscoveredResource {
  group: string
  version: string
  plural: string
  singular: string
  kind: string
  scope: 'Namespaced' | 'Cluster'
  verbs: string[]
  shortNames: string[]
  categories: string[]
  /** Names of subresources, such as `status`. */
  subresources: string[]
}

/** Everything discovery answered, versions of a group in its order of preference. */
export interface RawDiscovery {
  resources: DiscoveredResource[]
  /** One entry a group: of such a group nothing counts as known. */
  unavailable: { group: string; reason: string }[]
}
