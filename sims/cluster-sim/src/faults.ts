/** Injected faults. Omitted ones are off. `setFaults` replaces all of them. */
export interface Faults {
  /** Every request gets 401, whatever its token. */
  unauthorized?: boolean
  /** List, get and watch of CRDs get 403, as without the ClusterRole. */
  forbidCrds?: boolean
  /** No aggregated discovery: Accept parameters are ignored, as by servers before 1.26. */
  legacyOnly?: boolean
  /** Groups that discovery marks `Stale`. Their types are still listed, from an old copy. */
  staleGroups?: string[]
  /** Groups whose server does not respond: stale and empty in discovery, 503 elsewhere. */
  failingGroups?: string[]
  /** Like `failingGroups`, but missing in discovery. The groups stay registered as API services. */
  droppedGroups?: string[]
  /** The list of API services gets 403, as without a role for it. */
  forbidApiServices?: boolean
  /** CRDs (by name) that are served without a schema. */
  schemaless?: string[]
  /** CRDs (by name) with accepted names that are not Established yet, so not discoverable. */
  notEstablished?: string[]
  /** Responds 429 with Retry-After. */
  tooManyRequests?: PathFault & { retryAfterSeconds: number }
  /** Responds with this status and a Status object, such as 500 or 503. */
  failing?: PathFault & { status: number }
  /** Delays the response. */
  slow?: PathFault & { delayMs: number }
  /** Sends half of the body, then closes the connection. */
  cutBody?: PathFault
  /** Watches from any past resourceVersion get 410 Expired, as after a compaction. */
  watchExpired?: boolean
}

/** The requests that a fault affects: paths (with query) that start with `path`; all without it. */
export interface PathFault {
  path?: string
  /** Number of requests after which the fault ends; unlimited by default. */
  times?: number
}

/** Counts down faults that affect a limited number of requests. */
export class ActiveFaults {
  readonly set: Faults
  private readonly hits = new Map<PathFault, number>()

  constructor(faults: Faults) {
    this.set = faults
  }

  /** Returns the fault if it affects this request, and counts it. */
  take<F extends PathFault>(fault: F | undefined, path: string): F | undefined {
    if (fault === undefined || !path.startsWith(fault.path ?? '')) return undefined
    const hits = this.hits.get(fault) ?? 0
    if (hits >= (fault.times ?? Infinity)) return undefined
    this.hits.set(fault, hits + 1)
    return fault
  }
}
