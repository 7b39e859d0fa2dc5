import type { SpendConfig } from '../config/limits-config.ts'
import type { SimConfig } from '../sim-config.ts'

export interface TokensUsed {
  inputTokens: number
  cacheWriteTokens: number
  cachedTokens: number
  outputTokens: number
}

// Price of a written and a read token of the prompt cache, as a factor of an input token.
const WRITE_FACTOR = 1.25
const READ_FACTOR = 0.1

/** Cost of a call in US dollars. */
export function computeSpendUsd(prices: SimConfig['prices'], used: TokensUsed): number {
  const input =
    used.inputTokens + used.cacheWriteTokens * WRITE_FACTOR + used.cachedTokens * READ_FACTOR
  return (
    (input * prices.inputPerMillionUsd + used.outputTokens * prices.outputPerMillionUsd) / 1_000_000
  )
}

/** Spend of every account, and its cap. */
export class SpendCaps {
  readonly #config: SimConfig
  readonly #spentUsd = new Map<string, number>()

  constructor(config: SimConfig) {
    this.#config = config
  }

  /** Owner of the cap that the account has reached; undefined below the cap. */
  reached(account: string): SpendConfig['setBy'] | undefined {
    const own = this.#config.accounts.find(({ name }) => name === account)
    const spend = own?.spend ?? this.#config.spend
    return spend && this.spentUsd(account) >= spend.capUsd ? spend.setBy : undefined
  }

  spentUsd(account: string): number {
    return this.#spentUsd.get(account) ?? 0
  }

  charge(account: string, usd: number): void {
    this.#spentUsd.set(account, this.spentUsd(account) + usd)
  }
}
