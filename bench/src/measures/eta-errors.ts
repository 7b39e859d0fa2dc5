/** One sample of a running scan. */
export interface EtaSample {
  /** Time since the request. */
  atMs: number
  /** Share of finished types, 0 to 1. */
  done: number
  /** The ETA; null without one. */
  leftMs: number | null
}

/**
 * For each share in `marks`, the error of the first sample at or after it: (ETA - real time left) / real time
 * left. Null without an ETA, or without time left.
 */
export function computeEtaErrors(
  looks: EtaSample[],
  endMs: number,
  marks: number[],
): (number | null)[] {
  return marks.map((mark) => {
    const look = looks.find(({ done }) => done >= mark)
    const realMs = look ? endMs - look.atMs : 0
    if (!look || look.leftMs === null || realMs <= 0) return null
    return (look.leftMs - realMs) / realMs
  })
}
