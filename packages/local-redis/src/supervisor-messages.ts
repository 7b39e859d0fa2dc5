/** The server command that the supervisor process runs and restarts, and its folder. */
export interface SupervisorPlan {
  command: string
  args: string[]
  /** The whole environment of the command; undefined = that of the supervisor. */
  environment: Record<string, string> | undefined
  /** Folder of the data, locked by one supervisor at a time. */
  directory: string
  /** Text of redis.conf. It contains the password, so it is sent through the channel and a 0600 file, never in argv. */
  config: string
}

export type SupervisorCommand =
  | { type: 'run'; plan: SupervisorPlan }
  /** The server is ready: restart it from now on when it ends. */
  | { type: 'restart-on-exit' }
  | { type: 'stop' }

export type SupervisorReport =
  | { type: 'refused'; ownerPid: number }
  | { type: 'started'; pid: number }
  | { type: 'ended'; output: string }
