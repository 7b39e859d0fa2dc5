import type { ClusterSource } from './cluster-source.ts'

/** The clusters that this process can read. */
export interface Clusters {
  readonly default: ClusterSource
  /** Names that `named` accepts: contexts of the kubeconfig, `in-cluster` or `files`. */
  readonly names: string[]
  /**
   * The cluster of that name. Without a name, the default one; `default` is an alias for it unless a context has that name.
   * Undefined for an unknown name. Throws AppError CLUSTER_MISCONFIGURED for a context that must not be used.
   */
  find(name?: string): ClusterSource | undefined
  /** Loads what requests to the default cluster need. Blocks for up to a second: call it before serving requests. */
  warmUp(): Promise<void>
  close(): Promise<void>
}
