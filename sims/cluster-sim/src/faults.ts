/** What goes wrong on purpose. Everything left out works; set anew as a whole with `setFaults`. */
export interface Faults {
  /** Every request is answered 401, whatever token it carries. */
  unauthorized?: boolean
  /** List, get and watch of CRDs are answered 403, as without the ClusterRole. */
  forbidCrds?: boolean
  /** No aggregated discovery: the Accept parameters are ignored, as by servers before 1.26. */
  legacyOnly?: boolean
  /** Groups that discovery marks `Stale`; their types are still listed, from an old copy. */
  staleGroups?: string[]
  /** Groups whose server does not answer: stale and empty in discovery, 503 elsewhere. */
  failingGroups?: string[]
  /** The same of groups that discovery does not name at all meanwhile; they stay registered as API services. */
  droppedGroups?: string[]
  /** The list of API services is answered 403, as without a role for it. */
  forbidApiServices?: boolean
  /** CRDs (by name) served as if their author had published no schema. */
  schemaless?: string[]
  /** CRDs (by name) whose names are accepted but which are not Established yet, so not discoverable. */
  notEstablished?: string[]
  /** Answers 429 with Retry-After. */
  tooManyRequests?: PathFault & { retryAfterSeconds: number }
  /** Answers with this status and a Status object, such as 500 or 503. */
  failing?: PathFault & { status: number }
  /** Waits before it answers. */
  slow?: PathFault & { delayMs: number }
  /** Sends half of the body and then breaks the connection. */
  cutBody?: PathFault
  /** Watches from any past resourceVersion are told 410 Expired, as after a compaction. */
  watchExpired?: boolean
}

/** Which requests a fault hits: those whose path (with query) starts with `path`; all without one. */
export interface PathFault {
  path?: string
  /** How many requests it hits before it is over; without it, it stays. */
  times?: number
}

/** Counts down the faults that hit a limited number of requests. */
export class ActiveFaults {
  readonly set: Faults
  private readonly hits = new Map<PathFault, number>()

  constructor(faults: Faults) {
    this.set = faults
  }

  /** The fault, when it hits this request; counts the hit. */
  take<F extends PathFault>(fault: F | undefined, path: string): F | undefined {
    if (fault === undefined || !path.startsWith(fault.path ?? '')) return undefined
    const hits = this.hits.get(fault) ?? 0
    if (hits >= (fault.times ?? Infinity)) return undefined
    this.hits.set(fault, hits + 1)
    return fault
  }
}
