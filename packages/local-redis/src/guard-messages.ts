/** The command of the guard and its folder. */
export interface GuardPlan {
  command: string
  args: string[]
  /** The whole environment of the command; undefined = that of the guard. */
  environment: Record<string, string> | undefined
  /** Folder of the data, locked by one guard at a time. */
  directory: string
  /** Text of redis.conf. It contains the password, so it is sent through the channel and a 0600 file, never in argv. */
  config: string
}

export type GuardCommand =
  | { type: 'run'; plan: GuardPlan }
  /** The server is ready: restart it from now on when it ends. */
  | { type: 'keep' }
  | { type: 'stop' }

export type GuardReport =
  | { type: 'refused'; ownerPid: number }
  | { type: 'started'; pid: number }
  | { type: 'ended'; output: string }
