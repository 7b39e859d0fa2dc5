import type { SimConfig } from './sim-config.ts'
import { TokenBucket } from './token-bucket.ts'

/** State of one account after a verdict, for the rate-limit headers. */
export interface LimitView {
  requests: { limit: number; remaining: number; resetMs: number }
  tokens: { limit: number; remaining: number; resetMs: number }
}

export type Verdict =
  | { admitted: true; view: LimitView | undefined }
  | { admitted: false; retryAfterMs: number; view: LimitView }

/** Request and token buckets of every account (key). All or nothing: a refused call takes from neither. */
export class AccountLimits {
  readonly #limits: SimConfig['limits']
  readonly #accounts = new Map<string, { requests: TokenBucket; tokens: TokenBucket }>()

  constructor(limits: SimConfig['limits']) {
    this.#limits = limits
  }

  admit(account: string, tokens: number, nowMs: number): Verdict {
    if (!this.#limits) return { admitted: true, view: undefined }
    const buckets = this.#bucketsOf(account, this.#limits, nowMs)
    const waitMs = Math.max(buckets.requests.waitMs(1, nowMs), buckets.tokens.waitMs(tokens, nowMs))
    if (waitMs > 0)
      return { admitted: false, retryAfterMs: waitMs, view: this.#view(account, nowMs) }
    buckets.requests.take(1, nowMs)
    buckets.tokens.take(tokens, nowMs)
    return { admitted: true, view: this.#view(account, nowMs) }
  }

  #bucketsOf(account: string, limits: NonNullable<SimConfig['limits']>, nowMs: number) {
    const known = this.#accounts.get(account)
    if (known) return known
    const fresh = {
      requests: new TokenBucket(limits.requestsPerMinute, nowMs),
      tokens: new TokenBucket(limits.tokensPerMinute, nowMs),
    }
    this.#accounts.set(account, fresh)
    return fresh
  }

  #view(account: string, nowMs: number): LimitView {
    const limits = this.#limits ?? { requestsPerMinute: 0, tokensPerMinute: 0 }
    const { requests, tokens } = this.#bucketsOf(account, limits, nowMs)
    const show = (bucket: TokenBucket, limit: number) => ({
      limit,
      remaining: Math.max(0, Math.floor(bucket.level(nowMs))),
      resetMs: bucket.fullInMs(nowMs),
    })
    return {
      requests: show(requests, limits.requestsPerMinute),
      tokens: show(tokens, limits.tokensPerMinute),
    }
  }
}
