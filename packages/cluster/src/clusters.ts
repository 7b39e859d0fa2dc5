import type { ClusterSource } from './cluster-source.ts'

/** The clusters this process may look at. */
export interface Clusters {
  readonly default: ClusterSource
  /** What `named` knows: contexts of the kubeconfig, `in-cluster` or `files`. */
  readonly names: string[]
  /**
   * Without a name the configured one; `default` means it as well, unless a context has that name. Undefined for an
   * unknown name; AppError CLUSTER_MISCONFIGURED for a context that must not be used as it is.
   */
  named(name?: string): ClusterSource | undefined
  /** Loads what talking to the default cluster takes. Blocks for up to a second, so call it before requests are served. */
  warmUp(): Promise<void>
  close(): Promise<void>
}
