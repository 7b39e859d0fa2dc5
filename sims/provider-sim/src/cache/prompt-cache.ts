import { createHash } from 'node:crypto'

/** The part of a question that a provider may keep. */
export interface Cacheable {
  /** Everything up to the last breakpoint. */
  text: string
  /** Unset: as the service is configured. */
  ttlSeconds?: number | undefined
  /** The tokens that are counted come in steps of this. */
  step: number
}

/** Prompt prefixes of every account and model that were seen lately. */
export class PromptCache {
  readonly #config: { minTokens: number; ttlSeconds: number }
  readonly #expiresMs = new Map<string, number>()

  constructor(config: { minTokens: number; ttlSeconds: number }) {
    this.#config = config
  }

  /** Tokens of the prefix that are read from the cache now; a read keeps the entry for another while. */
  read(id: string, prefix: { tokens: number; cacheable: Cacheable }, nowMs: number): number {
    const expiresMs = this.#expiresMs.get(id)
    if (expiresMs === undefined || expiresMs <= nowMs) return 0
    this.#keep(id, prefix.cacheable, nowMs)
    return prefix.tokens
  }

  /** The entry can be read from now on: to be called when the first answer begins, never before. */
  write(id: string, cacheable: Cacheable, nowMs: number): void {
    this.#keep(id, cacheable, nowMs)
  }

  /** Tokens of a prefix that can be cached; 0 when it is too short. */
  countable(tokens: number, step: number): number {
    return tokens < this.#config.minTokens ? 0 : Math.floor(tokens / step) * step
  }

  #keep(id: string, cacheable: Cacheable, nowMs: number): void {
    this.#expiresMs.set(id, nowMs + (cacheable.ttlSeconds ?? this.#config.ttlSeconds) * 1000)
  }
}

/** Name of an entry. A change of the answer's format loses the cache, as with the real services. */
export function cacheId(owner: string, text: string, format: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify([owner, text, format ?? null]))
    .digest('hex')
}
