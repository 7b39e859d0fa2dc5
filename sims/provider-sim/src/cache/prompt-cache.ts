import { createHash } from 'node:crypto'

/** The part of a prompt that the provider may cache. */
export interface CacheablePrefix {
  /** The text up to the last breakpoint. */
  text: string
  /** Undefined: the configured lifetime. */
  ttlSeconds?: number | undefined
  /** Cached tokens are counted in multiples of this. */
  step: number
}

/** Recently used prompt prefixes of every account and model. */
export class PromptCache {
  readonly #config: { minTokens: number; ttlSeconds: number }
  readonly #expiresMs = new Map<string, number>()

  constructor(config: { minTokens: number; ttlSeconds: number }) {
    this.#config = config
  }

  /** Returns the tokens of the prefix that are read from the cache. A read extends the lifetime of the entry. */
  read(id: string, prefix: { tokens: number; cacheable: CacheablePrefix }, nowMs: number): number {
    const expiresMs = this.#expiresMs.get(id)
    if (expiresMs === undefined || expiresMs <= nowMs) return 0
    this.#keep(id, prefix.cacheable, nowMs)
    return prefix.tokens
  }

  /** Makes an entry readable. Call it when the first answer starts, not before. */
  write(id: string, cacheable: CacheablePrefix, nowMs: number): void {
    this.#keep(id, cacheable, nowMs)
  }

  /** Cacheable tokens of a prefix; 0 when it is too short. */
  countable(tokens: number, step: number): number {
    return tokens < this.#config.minTokens ? 0 : Math.floor(tokens / step) * step
  }

  #keep(id: string, cacheable: CacheablePrefix, nowMs: number): void {
    this.#expiresMs.set(id, nowMs + (cacheable.ttlSeconds ?? this.#config.ttlSeconds) * 1000)
  }
}

/** Key of an entry. A changed answer format misses the cache, as with real providers. */
export function computeCacheId(owner: string, text: string, format: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify([owner, text, format ?? null]))
    .digest('hex')
}
