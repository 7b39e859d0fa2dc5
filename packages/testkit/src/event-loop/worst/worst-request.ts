/** What the requests of a run are made of. */
export interface WorstScene {
  /** `plural.group` of each custom type of the cluster. */
  types: string[]
  /** A scan of all types whose jobs wait, as no worker runs. */
  runningScan: string
  /** A scan of all types that was canceled. */
  endedScan: string
}

/** A request that makes a route work as hard as its limits allow. */
export interface WorstRequest {
  path: string
  /** Sent as JSON unless `type` names another type. */
  body?: string | (() => AsyncIterable<Uint8Array>)
  type?: string
  accept?: string
}

/** By method and pattern of the route, in the order in which they are sent: what ends a scan comes after what reads it. */
export type WorstRequests = Record<string, (scene: WorstScene) => WorstRequest[]>
