import { createHash } from 'node:crypto'
import type { SimConfig } from '../sim-config.ts'

/** Maps keys to accounts. Names of accounts are shown and logged, keys never. */
export class Accounts {
  readonly #names = new Map<string, string>()
  readonly #isOpen: boolean

  constructor(config: SimConfig) {
    for (const key of config.keys) this.#names.set(key, deriveName(key))
    for (const { name, keys } of config.accounts) {
      for (const key of keys) this.#names.set(key, name)
    }
    this.#isOpen = this.#names.size === 0
  }

  /** Returns the account of a key; undefined if the key is rejected. */
  findName(key: string): string | undefined {
    if (key === '') return undefined
    return this.#names.get(key) ?? (this.#isOpen ? deriveName(key) : undefined)
  }
}

function deriveName(key: string): string {
  return `account-${createHash('sha256').update(key).digest('hex').slice(0, 8)}`
}
