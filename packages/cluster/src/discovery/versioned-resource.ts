/** One resource at one version of its group, from discovery, before a version is chosen. */
export interface VersionedResource {
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

/** The complete result of discovery. Versions of a group are in its order of preference. */
export interface RawDiscovery {
  resources: VersionedResource[]
  /** One entry per group. All types of such a group are unknown. */
  unavailable: { group: string; reason: string }[]
}
