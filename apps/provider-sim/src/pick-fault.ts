import { draw } from './draw.ts'
import type { FaultKind, SimConfig } from './sim-config.ts'

/** Decides the fault of each call from the seed; counts hits so that `times` can end a fault. */
export class FaultPicker {
  readonly #config: SimConfig
  readonly #hits = new Map<number, number>()

  constructor(config: SimConfig) {
    this.#config = config
  }

  pick(definition: string, callNumber: number): FaultKind | undefined {
    for (const [index, fault] of this.#config.faults.entries()) {
      if (fault.matching !== undefined && !definition.includes(fault.matching)) continue
      const hits = this.#hits.get(index) ?? 0
      if (fault.times !== undefined && hits >= fault.times) continue
      const chance = draw(this.#config.seed, `fault-${index}-${callNumber}`, definition)
      if (chance >= fault.probability) continue
      this.#hits.set(index, hits + 1)
      return fault.kind
    }
    return undefined
  }
}
