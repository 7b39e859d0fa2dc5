/** One look at a scan that runs. */
export interface EtaSample {
  /** Since the request. */
  atMs: number
  /** Share of the types that have ended, 0 to 1. */
  done: number
  /** Told time left; null when none was told. */
  leftMs: number | null
}

/**
 * For each share of `marks`, how far off the first look at or after it was: (told time left - real time left) / real
 * time left. Null when no time was told, or nothing was left.
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
