/** Inputs for the requests of a run. */
export interface WorstScene {
  /** `plural.group` of each custom type of the cluster. */
  types: string[]
  /** A scan of all types with waiting jobs, because no worker is running. */
  runningScan: string
  /** A canceled scan of all types. */
  endedScan: string
}

/** A request that costs a route as much as its limits allow. */
export interface WorstRequest {
  path: string
  /** Sent as JSON unless `type` names another content type. */
  body?: string | (() => AsyncIterable<Uint8Array>)
  type?: string
  accept?: string
}

/**
 * By method and pattern of the route, in the order of sending: requests that read a scan come before those
 * that end it.
 */
export type WorstRequests = Record<string, (scene: WorstScene) => WorstRequest[]>
