/** What the guard runs, and where. */
export interface GuardPlan {
  command: string
  args: string[]
  /** The whole environment of the command; undefined = the guard's own. */
  environment: Record<string, string> | undefined
  /** The folder of the data, owned by one guard at a time. */
  directory: string
  /** Text of redis.conf; holds the password, so it goes through the channel and a 0600 file, never argv. */
  config: string
}

export type GuardCommand =
  | { type: 'run'; plan: GuardPlan }
  /** The server answers: from now on restart it when it ends. */
  | { type: 'keep' }
  | { type: 'stop' }

export type GuardReport =
  | { type: 'refused'; ownerPid: number }
  | { type: 'started'; pid: number }
  | { type: 'ended'; output: string }
