import type { ItemProblem } from '@capstan/shared/contract/problem'
import { ItemError } from '@capstan/shared/errors'
import type {
  EndpointFaultClass,
  EndpointKey,
  EndpointHealth,
  EndpointHealthView,
  HealthVerdict,
} from '@capstan/limits/health/endpoint-health'
import { computeFaultSignature } from '@capstan/limits/health/fault-signature'
import type { Log } from '@capstan/shared/log'
import { withTimeout } from '@capstan/shared/async/with-timeout'
import type { Account } from './account.ts'
import { UNDER_PERMIT_MS } from './time-limits.ts'
import { classifyFault } from './classify-fault.ts'
import { VENDOR_ENDPOINT, type Endpoint } from './endpoint.ts'
import { RouteTrialError } from './route-trial-error.ts'
import { adviseCheck, judgeFault } from './judge-fault.ts'

type Called = Pick<Account, 'name' | 'provider' | 'endpoint'>

/** answering: a call was answered within a day. failing: calls fail, and none was answered. */
export type AccountHealth = 'answering' | 'failing' | 'unknown'

/** Records the outcomes of calls, and rejects calls to a route that fails all of them. */
export interface HealthWatch {
  /**
   * Admits a call that began `jobAgeMs` ago. Throws RouteTrialError while another call tests a route that has rejected all calls,
   * and for a call that began before the route was known to reject them.
   */
  admit(account: Called, model: string, jobAgeMs: number): Promise<void>
  /** Selects the accounts without a trial in progress; all accounts if each has one. */
  selectUsable<T extends Called>(accounts: T[], model: string): T[]
  /** Whether calls of the account are known to be answered. `unknown` when Redis is unreachable. */
  readAccountHealth(account: Called, model: string): Promise<AccountHealth>
  /** Records a good answer. */
  recordAnswer(account: Called, model: string): Promise<void>
  /** Records a failure and returns the error to throw. */
  recordFailure(account: Called, model: string, error: unknown): Promise<unknown>
}

export interface HealthWatchDeps {
  health: Pick<EndpointHealth, 'recordSuccess' | 'recordFault' | 'acquireTrial' | 'read'>
  accounts: Called[]
  /** With a fallback model, a provider that is not ready never pauses the scan. */
  hasFallback: boolean
  log: Log
}

/** Interval of recording good answers. Within this time after one, calls are admitted without a check. */
const GOOD_FOR_MS = 60_000
/** Maximum duration of a trial, in case its call hangs. */
const TRIAL_MS = 30_000
const LOOK_AGAIN_MS = 1_000
/** A large model takes minutes to load at its first call. After half an hour a person has to look. */
const MAX_TRANSIENT_MS = 1_800_000

/** Opens the health watch. If Redis is unreachable, all calls are admitted. */
export function openHealthWatch(deps: HealthWatchDeps): HealthWatch {
  const { health } = deps
  const watching: Watching = { ...deps, good: openMarks(), held: openMarks() }
  const { good, held } = watching
  return {
    admit: async (account, model, jobAgeMs) => {
      const name = formatName(account, model)
      if (good.has(name)) return
      const { fingerprint } = getEndpoint(account)
      const times = { trialMs: TRIAL_MS, jobAgeMs }
      const taking = health.acquireTrial(buildKey(account, model), fingerprint, times)
      const trial = await awaitInTime(deps, taking)
      if (trial?.outcome !== 'wait') return
      held.set(name, TRIAL_MS)
      throw new RouteTrialError(account.name, trial.problem?.title, LOOK_AGAIN_MS)
    },
    selectUsable: (all, model) => {
      const some = all.length > 1 ? all.filter((one) => !held.has(formatName(one, model))) : all
      return some.length > 0 ? some : all
    },
    readAccountHealth: async (account, model) => {
      if (good.has(formatName(account, model))) return 'answering'
      return classifyHealth(await awaitInTime(deps, health.read(buildKey(account, model))))
    },
    recordAnswer: async (account, model) => {
      const name = formatName(account, model)
      if (good.has(name)) return
      good.set(name, GOOD_FOR_MS)
      held.delete(name)
      const { fingerprint } = getEndpoint(account)
      await awaitInTime(deps, health.recordSuccess(buildKey(account, model), fingerprint))
    },
    recordFailure: (account, model, error) => noteFailure(watching, { account, model, error }),
  }
}

function classifyHealth(view: EndpointHealthView | undefined): AccountHealth {
  if (view?.verdict) return 'failing'
  if (view?.answeredAt) return 'answering'
  return view?.fault ? 'failing' : 'unknown'
}

interface Watching extends HealthWatchDeps {
  /** Routes with a recent good answer, and routes whose last call was rejected. */
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
  const name = formatName(account, model)
  good.delete(name)
  const endpoint = getEndpoint(account)
  const noting = health.recordFault(buildKey(account, model), endpoint.fingerprint, {
    faultClass: nature,
    signature: computeFaultSignature(error),
    problem: describeFault(error, nature, endpoint),
    maxTransientMs: hasFallback ? undefined : MAX_TRANSIENT_MS,
  })
  const noted = await awaitInTime(watching, noting)
  if (!noted) return error
  const isMisconfigured = noted.verdict === 'misconfigured'
  if (isMisconfigured || noted.verdict === 'refused') held.set(name, TRIAL_MS)
  const isLeftOut = isMisconfigured && isAnswerableElsewhere(watching, account, model)
  const verdict: HealthVerdict = isLeftOut ? { ...noted, verdict: 'undecided' } : noted
  return judgeFault(error, verdict, { name: account.name, endpoint })
}

/** Errors that reject the key or model name the fix; other faults name the setting to check. */
function describeFault(
  error: ItemError,
  nature: EndpointFaultClass,
  endpoint: Endpoint,
): ItemProblem {
  const problem = error.toProblem()
  if (nature === 'refused') return problem
  return { ...problem, hint: adviseCheck(error, endpoint).slice(0, 400) }
}

/**
 * Whether another account may answer the model: then a fault of this account pauses no scan. The first answer of a model takes
 * longer than the failures of a wrong URL.
 */
function isAnswerableElsewhere(
  { accounts, held }: Watching,
  { name, provider }: Called,
  model: string,
): boolean {
  const others = accounts.filter((one) => one.name !== name && one.provider === provider)
  return others.some((one) => !held.has(formatName(one, model)))
}

async function awaitInTime<T>(
  { log }: Pick<HealthWatchDeps, 'log'>,
  asking: Promise<T>,
): Promise<T | undefined> {
  return withTimeout(asking, UNDER_PERMIT_MS, 'the health of a route').catch((error: unknown) => {
    log.warn({ err: error }, 'could not read or write the health of a route')
    return undefined
  })
}

type Marks = ReturnType<typeof openMarks>

/** Names that expire, in this process. */
function openMarks() {
  const until = new Map<string, number>()
  return {
    has: (name: string): boolean => (until.get(name) ?? 0) > performance.now(),
    set: (name: string, forMs: number): void => void until.set(name, performance.now() + forMs),
    delete: (name: string): void => void until.delete(name),
  }
}

function formatName({ name }: Called, model: string): string {
  return JSON.stringify([name, model])
}

function buildKey({ name, provider }: Called, model: string): EndpointKey {
  return { provider, account: name, model }
}

function getEndpoint({ endpoint = VENDOR_ENDPOINT }: Called): Endpoint {
  return endpoint
}
