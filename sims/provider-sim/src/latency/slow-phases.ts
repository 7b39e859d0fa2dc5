import type { SlownessConfig } from '../config/latency-config.ts'
import { drawUniform } from '../draw.ts'

/** Phases in which the whole service is slow: a two-state Markov chain, the same in every run of a seed. */
export class SlowPhases {
  readonly #seed: number
  readonly #phases: SlownessConfig['phases']
  /** Ends (simulated ms) of the phases drawn so far. The first phase is normal, then they alternate. */
  readonly #endsMs: number[] = []

  constructor(seed: number, phases: SlownessConfig['phases']) {
    this.#seed = seed
    this.#phases = phases
  }

  /** Latency factor for a call that starts at this time. */
  factorAt(nowMs: number): number {
    if (!this.#phases) return 1
    while ((this.#endsMs.at(-1) ?? 0) <= nowMs) this.#drawNext(this.#phases)
    const current = this.#endsMs.findIndex((endMs) => endMs > nowMs)
    return current % 2 === 1 ? this.#phases.factor : 1
  }

  #drawNext(phases: NonNullable<SlownessConfig['phases']>): void {
    const index = this.#endsMs.length
    const meanSeconds = index % 2 === 1 ? phases.slowSeconds : phases.normalSeconds
    const stayMs =
      -Math.log(1 - drawUniform(this.#seed, 'phase', String(index))) * meanSeconds * 1000
    // A phase of zero length would never reach the present.
    this.#endsMs.push((this.#endsMs.at(-1) ?? 0) + Math.max(1, stayMs))
  }
}
