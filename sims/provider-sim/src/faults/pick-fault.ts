import type { FaultConfig } from '../config/fault-config.ts'
import { drawUniform } from '../draw.ts'

/** The properties of a call that decide whether a fault applies. */
export interface FaultTarget {
  account: string
  model: string
  definition: string
  /** How often this definition was requested, including this call. */
  attempt: number
  nowMs: number
}

/**
 * Chooses the fault of each call from seed, definition and attempt, independent of the order of calls.
 * Counts hits so that `times` can end a fault.
 */
export class FaultPicker {
  readonly #seed: number
  readonly #faults: FaultConfig[]
  readonly #hits = new Map<FaultConfig, number>()

  constructor(seed: number, faults: FaultConfig[]) {
    this.#seed = seed
    this.#faults = [...faults]
  }

  /** Adds a fault at run time. */
  add(fault: FaultConfig): void {
    this.#faults.push(fault)
  }

  pick(target: FaultTarget): FaultConfig | undefined {
    for (const [index, fault] of this.#faults.entries()) {
      if (!matchesFault(fault, target) || this.#isUsedUp(fault)) continue
      const purpose = `fault-${index}-${target.attempt}`
      if (drawUniform(this.#seed, purpose, target.definition) >= fault.probability) continue
      this.#hits.set(fault, (this.#hits.get(fault) ?? 0) + 1)
      return fault
    }
    return undefined
  }

  #isUsedUp(fault: FaultConfig): boolean {
    return fault.times !== undefined && (this.#hits.get(fault) ?? 0) >= fault.times
  }
}

function matchesFault(fault: FaultConfig, target: FaultTarget): boolean {
  const { attempt = target.attempt, accounts = [target.account] } = fault
  return (
    isInWindow(fault, target.nowMs) &&
    attempt === target.attempt &&
    accounts.includes(target.account) &&
    target.definition.includes(fault.matching ?? '') &&
    target.model.startsWith(fault.model ?? '')
  )
}

function isInWindow({ fromSeconds, toSeconds = Infinity }: FaultConfig, nowMs: number): boolean {
  return nowMs >= fromSeconds * 1000 && nowMs < toSeconds * 1000
}
