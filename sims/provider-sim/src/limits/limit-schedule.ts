import { LimitsConfig, type LimitChange } from '../config/limits-config.ts'
import type { SimConfig } from '../sim-config.ts'

/** The limits of a call, and the announced ones for headers. */
export interface EffectiveLimits {
  /** Undefined when no group names the model. */
  group: string | undefined
  limits: LimitsConfig | undefined
  /** Differs from `limits` after an unannounced change. */
  announced: LimitsConfig | undefined
  /** Start time of these limits (simulated ms). */
  sinceMs: number
}

/** Limits by account, model group and time. */
export class LimitSchedule {
  readonly #config: SimConfig
  readonly #changes: LimitChange[]

  constructor(config: SimConfig) {
    this.#config = config
    this.#changes = config.changes.toSorted((one, other) => one.atSeconds - other.atSeconds)
  }

  /** Adds a change at run time. */
  change(change: LimitChange): void {
    this.#changes.push(change)
  }

  of(account: string, model: string, nowMs: number): EffectiveLimits {
    const { group, limits } = this.#configured(account, model)
    let [real, announced, sinceMs] = [limits, limits, 0]
    for (const change of this.#changes) {
      if (change.atSeconds * 1000 > nowMs) continue
      if (change.account !== undefined && change.account !== account) continue
      const patched = patch(real, change.limits)
      real = patched
      sinceMs = change.atSeconds * 1000
      if (change.announced) announced = patched
    }
    return { group, limits: real, announced, sinceMs }
  }

  #configured(account: string, model: string): Pick<EffectiveLimits, 'group' | 'limits'> {
    const own = this.#config.accounts.find(({ name }) => name === account)
    for (const group of [...(own?.modelGroups ?? []), ...this.#config.modelGroups]) {
      if (group.models.some((start) => model.startsWith(start))) {
        return { group: group.name, limits: group.limits }
      }
    }
    return { group: undefined, limits: own?.limits ?? this.#config.limits }
  }
}

function patch(limits: LimitsConfig | undefined, change: LimitChange['limits']): LimitsConfig {
  const named = Object.entries(change).filter(([, value]) => value !== undefined)
  return LimitsConfig.parse({ ...limits, ...Object.fromEntries(named) })
}
