/** What the shell gets. The meanings are part of the interface: scripts branch on them. */
export const EXIT = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  /** The scan finished, with failures (see --fail-on). */
  failures: 3,
  /** Server or cluster cannot be reached. */
  unreachable: 4,
  auth: 5,
  /** --timeout passed; the scan goes on. */
  timeout: 6,
  interrupted: 130,
} as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
