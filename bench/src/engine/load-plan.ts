/** The same work for the engine and for the bare queue. */
export interface LoadPlan {
  redisUrl: string
  /** Folder of CRD manifests, one a type. */
  clusterFiles: string
  types: number
  /** Worker processes. */
  workers: number
  /** Jobs at the same time, of all workers together. */
  concurrency: number
}
