import type { LimitChange, LimitsConfig } from '../config/limits-config.ts'
import type { SimConfig } from '../sim-config.ts'
import {
  buildBucketRules,
  computeSettlement,
  type BucketName,
  type BucketRule,
  type CallCost,
} from './bucket-rules.ts'
import { LimitSchedule, type EffectiveLimits } from './limit-schedule.ts'
import { TokenBucket } from './token-bucket.ts'

/** One bucket as headers show it. Limits per simulated minute, times in simulated ms. */
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
  /** Level before the decision; below zero when calls produced more than was available. */
  level: number
  /** Amount that must be available. */
  need: number
  /** Amount that was taken; 0 for a rejected call. */
  took: number
}

export interface LimitVerdict {
  group: string
  /** The rejecting bucket with the longest wait; undefined for an admitted call. */
  refusedBy: BucketName | undefined
  retryAfterMs: number
  levels: BucketLevel[]
  /** For headers. It changes with every call, so it is read when headers are written. */
  view: (nowMs: number) => BucketView[]
  /** Call it once, when the output is known. */
  settle: (outputTokens: number, nowMs: number) => void
}

export interface LimitRequest {
  account: string
  model: string
  /** Group of models that no group names. */
  defaultGroup: string
  cost: CallCost
  /** Whether the vendor reserves `max_tokens` in the combined bucket at admission. */
  reserves: boolean
}

/** Owner of a bucket. */
interface Owner {
  account: string
  group: string
}

/** Key of a bucket, and the time since when its limit applies. */
interface Place {
  owner: Owner
  rule: BucketRule
  sinceMs: number
}

/** Current level of a bucket. */
export interface CurrentBucketLevel
  extends Owner, Pick<BucketLevel, 'name' | 'level' | 'capacity'> {}

/** The buckets of every account and model group. All or nothing: a rejected call takes from none. */
export class AccountLimits {
  readonly #inForce: LimitSchedule
  readonly #buckets = new Map<string, Owner & { name: BucketName; bucket: TokenBucket }>()

  constructor(config: SimConfig) {
    this.#inForce = new LimitSchedule(config)
  }

  change(change: LimitChange): void {
    this.#inForce.change(change)
  }

  limitsOf(account: string, model: string, nowMs: number): LimitsConfig | undefined {
    return this.#inForce.of(account, model, nowMs).limits
  }

  /** The announced limits, which differ from the effective ones after a hidden change. */
  announcedTo(
    account: string,
    model: string,
    nowMs: number,
  ): Pick<EffectiveLimits, 'group' | 'limits'> {
    const { group, announced } = this.#inForce.of(account, model, nowMs)
    return { group, limits: announced }
  }

  /** All buckets that calls have used. */
  levels(nowMs: number): CurrentBucketLevel[] {
    return [...this.#buckets.values()].map(({ bucket, ...named }) => ({
      ...named,
      level: bucket.level(nowMs),
      capacity: bucket.capacity,
    }))
  }

  admit(request: LimitRequest, nowMs: number): LimitVerdict {
    const { account, model, cost, reserves, defaultGroup } = request
    const { group = defaultGroup, limits, sinceMs } = this.#inForce.of(account, model, nowMs)
    const rules = limits ? buildBucketRules(limits, cost, reserves) : []
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
      view: (atMs) => this.#view(request, atMs),
      settle: (outputTokens, atMs) => {
        if (refusedBy || !limits) return
        const call = { maxTokens: cost.maxTokens, outputTokens, reservesByDefault: reserves }
        for (const { bucket, rule } of looked)
          bucket.take(computeSettlement(limits, rule.name, call), atMs)
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
    // A changed limit refills the bucket from its start time, not from the next read.
    known?.retune(rule.perMinute, sinceMs, rule.burstSeconds)
    const bucket = known ?? new TokenBucket(rule.perMinute, nowMs, rule.burstSeconds)
    if (!known) this.#buckets.set(id, { ...owner, name: rule.name, bucket })
    return bucket
  }

  #view(request: LimitRequest, nowMs: number): BucketView[] {
    const { account, model, cost, reserves, defaultGroup } = request
    const inForce = this.#inForce.of(account, model, nowMs)
    const { group = defaultGroup, limits, announced, sinceMs } = inForce
    if (!limits || !announced) return []
    const announcedRules = new Map(
      buildBucketRules(announced, cost, reserves).map((rule) => [rule.name, rule]),
    )
    return buildBucketRules(limits, cost, reserves).flatMap((rule) => {
      const bucket = this.#bucket({ owner: { account, group }, rule, sinceMs }, nowMs)
      const limit = announcedRules.get(rule.name)?.perMinute
      // An unannounced limit has no header. A limit below the announced one is shown as if it were the
      // announced one.
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
