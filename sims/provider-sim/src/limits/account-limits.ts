import type { LimitChange, LimitsConfig } from '../config/limits-config.ts'
import type { SimConfig } from '../sim-config.ts'
import {
  bucketRules,
  settlement,
  type BucketName,
  type BucketRule,
  type Cost,
} from './bucket-rules.ts'
import { LimitsInForce, type InForce } from './limits-in-force.ts'
import { TokenBucket } from './token-bucket.ts'

/** One bucket as the headers tell it. Limits per simulated minute, times in simulated ms. */
export interface BucketView {
  name: BucketName
  limit: number
  remaining: number
  resetMs: number
}

/** One bucket at the moment of a decision: the ground truth of the log. */
export interface BucketLevel {
  name: BucketName
  perMinute: number
  capacity: number
  /** Before the call took anything; below zero when calls produced more than was there. */
  level: number
  /** Had to be there. */
  need: number
  /** Was taken; 0 of a call that was refused. */
  took: number
}

export interface Verdict {
  group: string
  /** The bucket that keeps the call out longest; undefined: it is let in. */
  refusedBy: BucketName | undefined
  retryAfterMs: number
  levels: BucketLevel[]
  /** For the headers; changes with every call, so it is read when they are written. */
  view: (nowMs: number) => BucketView[]
  /** To be called once, when the output is known. */
  settle: (outputTokens: number, nowMs: number) => void
}

export interface Applicant {
  account: string
  model: string
  /** Of models that no group names. */
  defaultGroup: string
  cost: Cost
  /** Whether the vendor takes `max_tokens` from the combined bucket at the door. */
  reserves: boolean
}

/** Whose bucket. */
interface Owner {
  account: string
  group: string
}

/** Which bucket, and since when its limit holds. */
interface Place {
  owner: Owner
  rule: BucketRule
  sinceMs: number
}

/** A bucket as it is now. */
export interface StandingLevel extends Owner, Pick<BucketLevel, 'name' | 'level' | 'capacity'> {}

/** The buckets of every account and model group. All or nothing: a refused call takes from none. */
export class AccountLimits {
  readonly #inForce: LimitsInForce
  readonly #buckets = new Map<string, Owner & { name: BucketName; bucket: TokenBucket }>()

  constructor(config: SimConfig) {
    this.#inForce = new LimitsInForce(config)
  }

  change(change: LimitChange): void {
    this.#inForce.change(change)
  }

  limitsOf(account: string, model: string, nowMs: number): LimitsConfig | undefined {
    return this.#inForce.of(account, model, nowMs).limits
  }

  /** What the account was told: differs from the limits after a change that was not announced. */
  announcedTo(account: string, model: string, nowMs: number): Pick<InForce, 'group' | 'limits'> {
    const { group, announced } = this.#inForce.of(account, model, nowMs)
    return { group, limits: announced }
  }

  /** All buckets that calls have drawn from. */
  levels(nowMs: number): StandingLevel[] {
    return [...this.#buckets.values()].map(({ bucket, ...named }) => ({
      ...named,
      level: bucket.level(nowMs),
      capacity: bucket.capacity,
    }))
  }

  admit(applicant: Applicant, nowMs: number): Verdict {
    const { account, model, cost, reserves, defaultGroup } = applicant
    const { group = defaultGroup, limits, sinceMs } = this.#inForce.of(account, model, nowMs)
    const rules = limits ? bucketRules(limits, cost, reserves) : []
    const looked = rules.map((rule) =>
      this.#look({ owner: { account, group }, rule, sinceMs }, nowMs),
    )
    const worst = looked.toSorted((one, other) => other.waitMs - one.waitMs)[0]
    const refusedBy = worst && worst.waitMs > 0 ? worst.rule.name : undefined
    for (const { bucket, rule, level } of looked) {
      level.took = takes(rule, refusedBy, limits?.countsRefused === true)
      bucket.take(level.took, nowMs)
    }
    return {
      group,
      refusedBy,
      retryAfterMs: worst?.waitMs ?? 0,
      levels: looked.map(({ level }) => level),
      view: (atMs) => this.#view(applicant, atMs),
      settle: (outputTokens, atMs) => {
        if (refusedBy || !limits) return
        const call = { maxTokens: cost.maxTokens, outputTokens, reservesByDefault: reserves }
        for (const { bucket, rule } of looked)
          bucket.take(settlement(limits, rule.name, call), atMs)
      },
    }
  }

  #look(place: Place, nowMs: number) {
    const { rule } = place
    const bucket = this.#bucket(place, nowMs)
    const level: BucketLevel = {
      name: rule.name,
      perMinute: rule.perMinute,
      capacity: bucket.capacity,
      level: bucket.level(nowMs),
      need: rule.need,
      took: 0,
    }
    return { rule, bucket, level, waitMs: bucket.waitMs(rule.need, nowMs) }
  }

  #bucket({ owner, rule, sinceMs }: Place, nowMs: number): TokenBucket {
    const id = `${owner.account}|${owner.group}|${rule.name}`
    const known = this.#buckets.get(id)?.bucket
    // A limit that has changed refills the bucket from then on, not from the next look on.
    known?.retune(rule.perMinute, sinceMs, rule.burstSeconds)
    const bucket = known ?? new TokenBucket(rule.perMinute, nowMs, rule.burstSeconds)
    if (!known) this.#buckets.set(id, { ...owner, name: rule.name, bucket })
    return bucket
  }

  #view(applicant: Applicant, nowMs: number): BucketView[] {
    const { account, model, cost, reserves, defaultGroup } = applicant
    const inForce = this.#inForce.of(account, model, nowMs)
    const { group = defaultGroup, limits, announced, sinceMs } = inForce
    if (!limits || !announced) return []
    const told = new Map(bucketRules(announced, cost, reserves).map((rule) => [rule.name, rule]))
    return bucketRules(limits, cost, reserves).flatMap((rule) => {
      const bucket = this.#bucket({ owner: { account, group }, rule, sinceMs }, nowMs)
      const limit = told.get(rule.name)?.perMinute
      // A limit nobody was told about has no header; a smaller one than told shows as if it were as told.
      if (limit === undefined) return []
      const remaining = (Math.max(0, bucket.level(nowMs)) * limit) / rule.perMinute
      return [{ name: rule.name, limit, remaining, resetMs: bucket.fullInMs(nowMs) }]
    })
  }
}

function takes(
  rule: BucketRule,
  refusedBy: BucketName | undefined,
  countsRefused: boolean,
): number {
  if (!refusedBy) return rule.take
  const isRequests = rule.name === 'requests' || rule.name === 'requests-day'
  return countsRefused && isRequests ? rule.take : 0
}
