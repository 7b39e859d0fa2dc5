import type { SimConfig } from '../sim-config.ts'
import { RampLimit } from './ramp-limit.ts'

/** The ramp limit of every account that has one. */
export class RampLimits {
  readonly #config: SimConfig
  readonly #limits = new Map<string, RampLimit>()

  constructor(config: SimConfig) {
    this.#config = config
  }

  of(account: string): RampLimit | undefined {
    const own = this.#config.accounts.find(({ name }) => name === account)
    const ramp = own?.ramp ?? this.#config.ramp
    if (!ramp) return undefined
    const limit = this.#limits.get(account) ?? new RampLimit(ramp)
    this.#limits.set(account, limit)
    return limit
  }
}
