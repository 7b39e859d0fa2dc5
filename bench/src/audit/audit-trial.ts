import type { Lab } from '../scenario.ts'

/** One figure of a trial, with its bound. */
export interface Measure {
  what: string
  value: string
  /** Bound in words; undefined for a figure without a bound. */
  bound?: string | undefined
  /** Undefined without a bound. */
  isHeld?: boolean | undefined
}

/** One disturbance of a running installation of separate processes. */
export interface AuditTrial {
  name: string
  /** Description of the disturbance. A sentence. */
  method: string
  /** Throws when the installation does not start, or when a scan never ends. */
  run(lab: Lab, seed: number): Promise<Measure[]>
}

/** A measure that must equal this count. */
export function createCountMeasure(what: string, value: number, bound: number): Measure {
  return { what, value: String(value), bound: String(bound), isHeld: value === bound }
}

/** A measure that must not exceed this value. */
export function createMaximumMeasure(
  what: string,
  value: number,
  { most, digits = 0, unit = '' }: { most: number; digits?: number; unit?: string },
): Measure {
  const show = (figure: number): string => `${figure.toFixed(digits)}${unit}`
  return { what, value: show(value), bound: `at most ${show(most)}`, isHeld: value <= most }
}
