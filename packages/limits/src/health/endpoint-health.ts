import type { Redis } from 'ioredis'
import { z } from 'zod'
import { ItemProblem, type ProviderFault } from '@capstan/shared/contract/problem'
import type { Provider } from '@capstan/shared/contract/provider'
import { defineLuaScript } from '@capstan/redis/lua-script'
import type { RedisKeys } from '@capstan/redis/keys'
import { REDIS_CLOCK } from '../limiter/limit-scripts.ts'

/**
 * permanent: calls will fail until a setting changes (or until an outage ends, if a call has succeeded within a day).
 * transient: the server responds but is not ready, for example while it loads its model.
 * refused: the key, quota or model was refused, which only an operator can change.
 */
export type EndpointFaultClass = 'permanent' | 'transient' | 'refused'

/** A failed call. */
export interface CallFault {
  faultClass: EndpointFaultClass
  /** Equal for faults with the same cause; see fault-signature.ts. */
  signature: string
  problem: ItemProblem
  /** Time after which transient faults alone lead to a verdict; undefined: never. */
  maxTransientMs?: number | undefined
}

/** outage: a call has succeeded within a day. misconfigured, refused: no call will succeed before an operator acts. */
export interface HealthVerdict {
  verdict: 'outage' | 'undecided' | 'misconfigured' | 'refused'
  /** Identical faults in a row, this one included. */
  identical: number
  /** Time since the first fault in a row. */
  sinceMs: number
}

/** Whether a call may be sent. `trial`: it is the only one until it ends or expires. `wait`: another call is the trial. */
export type TrialDecision =
  | { outcome: 'free' | 'trial' }
  | { outcome: 'wait'; problem: ItemProblem | undefined }

/** Current health. Times are RFC 3339, Redis time. */
export interface EndpointHealthView {
  /** Last success within a day; recorded at most once a minute. */
  answeredAt: string | null
  verdict: 'misconfigured' | 'refused' | null
  /** Identical faults in a row; 0 after a success. */
  identical: number
  /** Last fault; kept for a day, even after a success. */
  fault: ProviderFault | null
}

/** An account and model, and the provider of the account. */
export interface EndpointKey {
  provider: Provider
  account: string
  model: string
}

/**
 * Whether calls of an account and model succeed, shared by all workers and scans. Each method is one step in Redis, on the
 * clock of Redis. `endpoint` is a fingerprint of URL and settings: another fingerprint starts without history.
 */
export interface EndpointHealth {
  /** Records a success: earlier faults no longer count. */
  recordSuccess(key: EndpointKey, endpoint: string): Promise<void>
  recordFault(key: EndpointKey, endpoint: string, fault: CallFault): Promise<HealthVerdict>
  /**
   * `trialMs`: lifetime of a trial whose worker died. `jobAgeMs`: time since the job of the call started; a job that started
   * before the last fault gets no trial.
   */
  acquireTrial(
    key: EndpointKey,
    endpoint: string,
    times: { trialMs: number; jobAgeMs: number },
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
  const script = (name: string) => defineLuaScript(file(name), clock, file('endpoint-health'))
  return {
    recordSuccess: script('record-success'),
    recordFault: script('record-fault'),
    acquireTrial: script('acquire-trial'),
    read: script('read-health'),
  }
}

const SCRIPTS = loadEndpointHealthScripts(REDIS_CLOCK)

/** Opens endpoint health over a Redis connection, which the caller closes. Redis errors pass through. */
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
    const names = [
      keys.endpointHealth(account, model),
      keys.limits(account, model, 'leases'),
      keys.endpointTrial(account, model),
      keys.routeRetried(provider, model),
    ]
    return scripts[name].run(redis, names, args)
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
    acquireTrial: async (key, endpoint, { trialMs, jobAgeMs }) => {
      const args = [endpoint, Math.max(1, Math.ceil(trialMs)), Math.ceil(jobAgeMs)]
      const reply = TrialReply.parse(await run('acquireTrial', key, args))
      if (reply[0] !== 'wait') return { outcome: reply[0] }
      return { outcome: 'wait', problem: parseProblem(reply[1]) }
    },
    read: async (key) => toView(key, ViewReply.parse(await run('read', key))),
  }
}

function toView({ account }: EndpointKey, reply: z.infer<typeof ViewReply>): EndpointHealthView {
  const [, answeredAt, at, text, verdict, identical] = reply
  const problem = parseProblem(text)
  return {
    answeredAt,
    verdict: verdict || null,
    identical,
    fault: problem && at ? toProviderFault(account, problem, at) : null,
  }
}

/** Converts a problem to the fault that scans and accounts show. */
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

/** Returns undefined for a problem of another version. */
function parseProblem(text: string): ItemProblem | undefined {
  try {
    return ItemProblem.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
