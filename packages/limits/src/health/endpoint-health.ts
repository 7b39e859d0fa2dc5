import type { Redis } from 'ioredis'
import { z } from 'zod'
import { ItemProblem, type ProviderFault } from '@capstan/shared/contract/problem'
import type { Provider } from '@capstan/shared/contract/provider'
import { defineLuaScript } from '@capstan/redis/lua-script'
import type { RedisKeys } from '@capstan/redis/keys'
import { REDIS_CLOCK } from '../limiter/limit-scripts.ts'

/**
 * What a failed call says about its route. lasting: it will fail again until a setting changes (unless the route is proven,
 * then it is an outage). passing: the server is there and not ready, such as one that loads its model.
 * refused: key, quota or model were refused, which only a person can change.
 */
export type FaultClass = 'permanent' | 'transient' | 'refused'

/** One failed call. */
export interface CallFault {
  faultClass: FaultClass
  /** Equal for faults of the same cause; see sign-fault.ts. */
  signature: string
  problem: ItemProblem
  /** Passing faults alone are a verdict after so many milliseconds; undefined: never. */
  maxTransientMs?: number | undefined
}

/** proven: it was answered well within a day. misconfigured, refused: no call will be answered before a person acts. */
export interface HealthVerdict {
  verdict: 'outage' | 'undecided' | 'misconfigured' | 'refused'
  /** Identical faults in a row, this one included. */
  identical: number
  /** Since the first fault in a row, in milliseconds. */
  sinceMs: number
}

/** Whether a call may be sent: `trial` alone, until it is settled or expires; `wait` while another call is the trial. */
export type TrialDecision =
  | { outcome: 'free' | 'trial' }
  | { outcome: 'wait'; problem: ItemProblem | undefined }

/** One look. Times are RFC 3339, Redis time. */
export interface EndpointHealthView {
  /** The last good answer within a day; noted once a minute at most. */
  answeredAt: string | null
  verdict: 'misconfigured' | 'refused' | null
  /** Identical faults in a row; 0 after a good answer. */
  identical: number
  /** Kept for a day, also when calls are answered again. */
  fault: ProviderFault | null
}

/** An account and model whose calls are judged, and the provider of the account. */
export interface EndpointKey {
  provider: Provider
  account: string
  model: string
}

/**
 * Whether calls of an account and model have ever been answered well, shared by all workers and scans. Each method is one
 * step in Redis, on Redis' clock. `endpoint` is a fingerprint of where the calls go: of another endpoint nothing is known.
 */
export interface EndpointHealth {
  /** A good answer: the faults before it count no more. */
  recordSuccess(key: EndpointKey, endpoint: string): Promise<void>
  recordFault(key: EndpointKey, endpoint: string, fault: CallFault): Promise<HealthVerdict>
  /**
   * `trialMs`: how long a trial whose worker died keeps others waiting. `begunMs`: since when the call has waited; one that
   * began before the last fault does not become a trial.
   */
  acquireTrial(
    key: EndpointKey,
    endpoint: string,
    times: { trialMs: number; begunMs: number },
  ): Promise<TrialDecision>
  read(key: EndpointKey): Promise<EndpointHealthView>
}

const FaultReply = z.tuple([
  z.enum(['outage', 'undecided', 'misconfigured', 'refused']),
  z.int(),
  z.int(),
])
const TrialReply = z.union([
  z.tuple([z.enum(['free', 'trial'])]),
  z.tuple([z.literal('wait'), z.string()]),
])
const Moment = z.string().transform((ms) => (ms === '' ? null : new Date(Number(ms)).toISOString()))
const ViewReply = z.tuple([
  z.int(),
  Moment,
  Moment,
  z.string(),
  z.enum(['misconfigured', 'refused', '']),
  z.int(),
])

/** `clock` as in loadLimitScripts. */
export function loadEndpointHealthScripts(clock: URL) {
  const file = (name: string): URL => new URL(`./lua/${name}.lua`, import.meta.url)
  const script = (name: string) => defineLuaScript(file(name), clock, file('route-health'))
  return {
    recordSuccess: script('note-answer'),
    recordFault: script('note-fault'),
    acquireTrial: script('take-trial'),
    read: script('read-health'),
  }
}

const SCRIPTS = loadEndpointHealthScripts(REDIS_CLOCK)

/** Health over one Redis connection, which stays the caller's. Redis errors pass through. */
export function openEndpointHealth(
  redis: Redis,
  keys: RedisKeys,
  scripts = SCRIPTS,
): EndpointHealth {
  const run = (
    name: keyof typeof scripts,
    { provider, account, model }: EndpointKey,
    args: (string | number)[] = [],
  ): Promise<unknown> => {
    const used = [
      keys.routeHealth(account, model),
      keys.limits(account, model, 'leases'),
      keys.routeTrial(account, model),
      keys.routeRetried(provider, model),
    ]
    return scripts[name].run(redis, used, args)
  }
  return {
    recordSuccess: async (key, endpoint) => {
      await run('recordSuccess', key, [endpoint])
    },
    recordFault: async (key, endpoint, { faultClass, signature, problem, maxTransientMs = 0 }) => {
      const args = [
        endpoint,
        faultClass,
        signature,
        JSON.stringify(problem),
        Math.ceil(maxTransientMs),
      ]
      const [verdict, identical, sinceMs] = FaultReply.parse(await run('recordFault', key, args))
      return { verdict, identical, sinceMs }
    },
    acquireTrial: async (key, endpoint, { trialMs, begunMs }) => {
      const args = [endpoint, Math.max(1, Math.ceil(trialMs)), Math.ceil(begunMs)]
      const reply = TrialReply.parse(await run('acquireTrial', key, args))
      if (reply[0] !== 'wait') return { outcome: reply[0] }
      return { outcome: 'wait', problem: asProblem(reply[1]) }
    },
    read: async (key) => asView(key, ViewReply.parse(await run('read', key))),
  }
}

function asView({ account }: EndpointKey, reply: z.infer<typeof ViewReply>): EndpointHealthView {
  const [, answeredAt, at, text, verdict, identical] = reply
  const problem = asProblem(text)
  return {
    answeredAt,
    verdict: verdict || null,
    identical,
    fault: problem && at ? toProviderFault(account, problem, at) : null,
  }
}

/** The failed call of a problem, as scans and accounts show it. */
export function toProviderFault(account: string, problem: ItemProblem, at: string): ProviderFault {
  const { reason, kind, title, hint } = problem
  return {
    account,
    reason,
    ...(kind !== undefined && { kind }),
    title,
    ...(hint !== undefined && { hint }),
    at,
  }
}

/** Undefined for what another version wrote. */
function asProblem(text: string): ItemProblem | undefined {
  try {
    return ItemProblem.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
