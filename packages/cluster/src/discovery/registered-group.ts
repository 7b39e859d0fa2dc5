/** A group that another server serves, behind the API server. */
export interface RegisteredGroup {
  group: string
  /** Why that server is not available, in one word of the cluster; undefined while it is. */
  outage: string | undefined
}
