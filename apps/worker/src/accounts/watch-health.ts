import type { ItemProblem } from '@capstan/shared/contract/problem'
import { ItemError } from '@capstan/shared/errors'
import type {
  EndpointFaultClass,
  EndpointKey,
  EndpointHealth,
  HealthVerdict,
} from '@capstan/limits/health/endpoint-health'
import { computeFaultSignature } from '@capstan/limits/health/fault-signature'
import type { Log } from '@capstan/shared/log'
import { withTimeout } from '@capstan/shared/async/with-timeout'
import type { Account } from '../gate/account.ts'
import { IN_TURN_MS } from '../time-limits.ts'
import { classifyFault } from './classify-fault.ts'
import { VENDORS_OWN, type Endpoint } from './endpoint.ts'
import { HeldBack } from './held-back.ts'
import { adviseCheck, judgeFault } from './judge-fault.ts'

type Called = Pick<Account, 'name' | 'provider' | 'endpoint'>

/** Notes how the calls of this process end, and keeps calls from a route that refuses all of them. */
export interface HealthWatch {
  /**
   * Called before a call is sent that has waited for `jobAgeMs`. Throws HeldBack while another call tries whether a route
   * answers again that has refused all calls, and when that became known since the call began.
   */
  admit(account: Called, model: string, jobAgeMs: number): Promise<void>
  /** Those of the accounts that a call may go to, as far as this process knows: all of them when none is known to. */
  usable<T extends Called>(accounts: T[], model: string): T[]
  /** A call was answered well. */
  answered(account: Called, model: string): Promise<void>
  /** A call failed. Returns what is to be thrown for it. */
  failed(account: Called, model: string, error: unknown): Promise<unknown>
}

export interface HealthWatchDeps {
  health: Pick<EndpointHealth, 'recordSuccess' | 'recordFault' | 'acquireTrial'>
  accounts: Called[]
  /** A fallback model answers while calls only fail because the provider is not ready: such a wait never ends in a pause. */
  hasFallback: boolean
  log: Log
}

/** A good answer is noted so often, and no call of a route asks before it is sent for so long after one. */
const GOOD_FOR_MS = 60_000
/** A trial that hangs keeps others no longer. */
const TRIAL_MS = 30_000
const LOOK_AGAIN_MS = 1_000
/** A large model takes minutes to load at its first call; what is not there after half an hour needs a person. */
const PATIENCE_MS = 1_800_000

/** An unreachable Redis stops no call and costs no answer: the limits before the call have asked it as well. */
export function openHealthWatch(deps: HealthWatchDeps): HealthWatch {
  const { health } = deps
  const watching: Watching = { ...deps, good: openMarks(), held: openMarks() }
  const { good, held } = watching
  return {
    admit: async (account, model, jobAgeMs) => {
      const name = nameOf(account, model)
      if (good.has(name)) return
      const { fingerprint } = endpointOf(account)
      const times = { trialMs: TRIAL_MS, jobAgeMs }
      const taking = health.acquireTrial(keyOf(account, model), fingerprint, times)
      const trial = await inTime(deps, taking)
      if (trial?.outcome !== 'wait') return
      held.set(name, TRIAL_MS)
      throw new HeldBack(account.name, trial.problem?.title, LOOK_AGAIN_MS)
    },
    usable: (all, model) => {
      const some = all.length > 1 ? all.filter((one) => !held.has(nameOf(one, model))) : all
      return some.length > 0 ? some : all
    },
    answered: async (account, model) => {
      const name = nameOf(account, model)
      if (good.has(name)) return
      good.set(name, GOOD_FOR_MS)
      held.delete(name)
      const { fingerprint } = endpointOf(account)
      await inTime(deps, health.recordSuccess(keyOf(account, model), fingerprint))
    },
    failed: (account, model, error) => noteFailure(watching, { account, model, error }),
  }
}

interface Watching extends HealthWatchDeps {
  /** Routes that were answered well just now, and those whose last call was refused. */
  good: Marks
  held: Marks
}

interface Failure {
  account: Called
  model: string
  error: unknown
}

async function noteFailure(
  watching: Watching,
  { account, model, error }: Failure,
): Promise<unknown> {
  const nature = error instanceof ItemError ? classifyFault(error) : undefined
  if (!(error instanceof ItemError) || nature === undefined) return error
  const { health, hasFallback, good, held } = watching
  const name = nameOf(account, model)
  good.delete(name)
  const endpoint = endpointOf(account)
  const noting = health.recordFault(keyOf(account, model), endpoint.fingerprint, {
    faultClass: nature,
    signature: computeFaultSignature(error),
    problem: describeFault(error, nature, endpoint),
    maxTransientMs: hasFallback ? undefined : PATIENCE_MS,
  })
  const noted = await inTime(watching, noting)
  if (!noted) return error
  const isMisconfigured = noted.verdict === 'misconfigured'
  if (isMisconfigured || noted.verdict === 'refused') held.set(name, TRIAL_MS)
  const isLeftOut = isMisconfigured && isAnsweredElsewhere(watching, account, model)
  const verdict: HealthVerdict = isLeftOut ? { ...noted, verdict: 'undecided' } : noted
  return judgeFault(error, verdict, { name: account.name, endpoint })
}

/** A refusal names what to change; any other fault gets the setting to check. */
function describeFault(
  error: ItemError,
  nature: EndpointFaultClass,
  endpoint: Endpoint,
): ItemProblem {
  const problem = error.toProblem()
  if (nature === 'refused') return problem
  return { ...problem, hint: adviseCheck(error, endpoint).slice(0, 400) }
}

/** Whether the model is answered well at another account: then a fault of this one stops no scan. */
function isAnsweredElsewhere(
  { accounts, good }: Watching,
  { name, provider }: Called,
  model: string,
): boolean {
  const others = accounts.filter((one) => one.name !== name && one.provider === provider)
  return others.some((one) => good.has(nameOf(one, model)))
}

async function inTime<T>(
  { log }: Pick<HealthWatchDeps, 'log'>,
  asking: Promise<T>,
): Promise<T | undefined> {
  return withTimeout(asking, IN_TURN_MS, 'the health of a route').catch((error: unknown) => {
    log.warn({ err: error }, 'the health of a route could not be read or written')
    return undefined
  })
}

type Marks = ReturnType<typeof openMarks>

/** Names with an end of their validity, in this process. */
function openMarks() {
  const until = new Map<string, number>()
  return {
    has: (name: string): boolean => (until.get(name) ?? 0) > performance.now(),
    set: (name: string, forMs: number): void => void until.set(name, performance.now() + forMs),
    delete: (name: string): void => void until.delete(name),
  }
}

function nameOf({ name }: Called, model: string): string {
  return JSON.stringify([name, model])
}

function keyOf({ name, provider }: Called, model: string): EndpointKey {
  return { provider, account: name, model }
}

function endpointOf({ endpoint = VENDORS_OWN }: Called): Endpoint {
  return endpoint
}
