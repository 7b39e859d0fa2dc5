/** Exit codes. Their meanings are part of the interface because scripts branch on them. */
export const EXIT = {
  ok: 0,
  unexpected: 1,
  /** Also for an unknown name, and for a scan in the wrong state. */
  usage: 2,
  /** The scan finished with failures (see `--fail-on`). */
  failures: 3,
  /** Server or cluster is unreachable, or the port is in use. */
  unreachable: 4,
  auth: 5,
  /** `--timeout` passed; the scan continues. */
  timeout: 6,
  /** The scan is paused, or has waited for longer than `--max-wait`: a person has to act. */
  needsPerson: 7,
  interrupted: 130,
} as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
