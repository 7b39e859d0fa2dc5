/** A group that an aggregated API server serves. */
export interface RegisteredGroup {
  group: string
  /** Why its server is unavailable, as the condition's one-word reason; undefined if it is available. */
  outage: string | undefined
}
