/** The same work for the engine and for the bare queue. */
export interface LoadPlan {
  redisUrl: string
  /** Folder of CRD manifests, one per type. */
  clusterFiles: string
  types: number
  /** Number of worker processes. */
  workers: number
  /** Concurrent jobs of all workers together. */
  concurrency: number
}
