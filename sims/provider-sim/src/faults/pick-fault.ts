import type { FaultConfig } from '../config/fault-config.ts'
import { draw } from '../draw.ts'

/** What decides whether a fault meets a call. */
export interface Target {
  account: string
  model: string
  definition: string
  /** How often this definition was asked about, this call included. */
  attempt: number
  nowMs: number
}

/**
 * Decides the fault of each call by seed, definition and attempt, whatever the order of the calls; counts
 * hits so that `times` can end a fault.
 */
export class FaultPicker {
  readonly #seed: number
  readonly #faults: FaultConfig[]
  readonly #hits = new Map<FaultConfig, number>()

  constructor(seed: number, faults: FaultConfig[]) {
    this.#seed = seed
    this.#faults = [...faults]
  }

  /** Adds a fault while calls run. */
  add(fault: FaultConfig): void {
    this.#faults.push(fault)
  }

  pick(target: Target): FaultConfig | undefined {
    for (const [index, fault] of this.#faults.entries()) {
      if (!meets(fault, target) || this.#isUsedUp(fault)) continue
      const purpose = `fault-${index}-${target.attempt}`
      if (draw(this.#seed, purpose, target.definition) >= fault.probability) continue
      this.#hits.set(fault, (this.#hits.get(fault) ?? 0) + 1)
      return fault
    }
    return undefined
  }

  #isUsedUp(fault: FaultConfig): boolean {
    return fault.times !== undefined && (this.#hits.get(fault) ?? 0) >= fault.times
  }
}

function meets(fault: FaultConfig, target: Target): boolean {
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
