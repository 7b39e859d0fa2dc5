import { setTimeout as wait } from 'node:timers/promises'
import { listModels, type ModelList } from '@capstan/llm/list-models'
import { isAzureEndpoint, isVendorEndpoint } from '@capstan/shared/config/endpoint-vendor'
import type { Provider } from '@capstan/shared/contract/provider'
import type { Log } from '@capstan/shared/log'
import type { AccountSettings } from '../gate/account-settings.ts'
import { chooseModel, type EndpointState } from './choose-model.ts'

export interface EndpointWatch {
  /** Resolves when every endpoint has answered or failed to for the first time; within about ten seconds. */
  firstLook: Promise<void>
  /** What is known of an account by now. */
  read(account: AccountSettings): EndpointState
  stop(): Promise<void>
}

interface WatchDeps {
  accounts: AccountSettings[]
  /** The provider that CAPSTAN_MODEL is about. */
  usual: Provider
  /** Some account has another state now. */
  onChange: () => void
  log: Log
}

const LOOK_MS = 5_000
const FIRST_WAIT_MS = 1_000
/** A server that comes up is found within this time. */
const LONGEST_WAIT_MS = 15_000
/** For an operator to load or remove a model meanwhile. */
const ANSWERED_WAIT_MS = 30_000

/**
 * Asks every base URL that is not a vendor's own for its models: which one to use when none is stated, and whether a stated
 * one is there. Goes on until it knows, because servers start later than workers, and ends then.
 */
export function watchEndpoints({ accounts, usual, onChange, log }: WatchDeps): EndpointWatch {
  const stopping = new AbortController()
  const states = new Map<AccountSettings, EndpointState>()
  const looks = accounts.filter(isCompatible).map((account) => {
    const first = Promise.withResolvers<void>()
    const isUsual = account.provider === usual
    const note = (state: EndpointState): void => {
      const before = JSON.stringify(states.get(account))
      states.set(account, state)
      first.resolve()
      if (JSON.stringify(state) === before) return
      logState(log, account, state)
      onChange()
    }
    const running = lookUntilKnown({ account, isUsual, note, signal: stopping.signal })
    return { first: first.promise, running: running.finally(first.resolve) }
  })
  return {
    firstLook: Promise.all(looks.map(({ first }) => first)).then(() => undefined),
    read: (account) => states.get(account) ?? unasked(account),
    stop: async () => {
      stopping.abort()
      await Promise.all(looks.map(({ running }) => running))
    },
  }
}

/** The list of Azure names all models of the region, and calls name deployments. */
function isCompatible({ provider, baseUrl }: AccountSettings): boolean {
  return !isVendorEndpoint(provider, baseUrl) && !isAzureEndpoint(baseUrl)
}

function unasked({ model: stated, baseUrl }: AccountSettings): EndpointState {
  const model = stated ?? null
  if (model !== null || !isAzureEndpoint(baseUrl)) return { model, problem: null }
  const detail = `${baseUrl} is asked by the names of deployments, and none is set`
  return { model, problem: { detail, hint: 'Set CAPSTAN_MODEL to the name of a deployment.' } }
}

interface Looking {
  account: AccountSettings
  isUsual: boolean
  note: (state: EndpointState) => void
  signal: AbortSignal
}

async function lookUntilKnown({ account, isUsual, note, signal }: Looking): Promise<void> {
  let waitMs = FIRST_WAIT_MS
  try {
    for (;;) {
      const list = await look(account, signal)
      note(chooseModel(account, list, isUsual))
      if (isKnown(account, list)) return
      const isUp = list.outcome !== 'unreachable'
      await wait(isUp ? ANSWERED_WAIT_MS : waitMs, undefined, { signal, ref: false })
      waitMs = Math.min(LONGEST_WAIT_MS, 2 * waitMs)
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

function look(account: AccountSettings, signal: AbortSignal): Promise<ModelList> {
  const { provider: wire, apiKey, baseUrl, apiVersion, headers } = account
  return listModels({ wire, apiKey, baseUrl, apiVersion, headers, timeoutMs: LOOK_MS }, signal)
}

/** Of a stated model one answer is enough: calls say the rest. */
function isKnown({ model }: AccountSettings, list: ModelList): boolean {
  if (model !== undefined) return list.outcome !== 'unreachable'
  return list.outcome === 'listed' && list.models.length === 1
}

function logState(log: Log, { name, provider }: AccountSettings, state: EndpointState): void {
  const { model, problem } = state
  if (problem) {
    log.warn({ provider, account: name, model, ...problem }, 'a base URL cannot be used as it is')
  } else log.info({ provider, account: name, model }, 'the model of a base URL is known')
}
