import { setTimeout as wait } from 'node:timers/promises'
import { listModels, type ModelList } from '@capstan/llm/list-models'
import { isAzureEndpoint, isVendorEndpoint } from '@capstan/shared/config/endpoint-vendor'
import type { Provider } from '@capstan/shared/contract/provider'
import type { Log } from '@capstan/shared/log'
import type { AccountSettings } from './account-settings.ts'
import { chooseModel, type EndpointState } from './choose-model.ts'

export interface EndpointWatch {
  /** Resolves when each endpoint has answered or failed once; within about 10 s. */
  firstLook: Promise<void>
  /** The current state of an account. */
  read(account: AccountSettings): EndpointState
  stop(): Promise<void>
}

interface WatchDeps {
  accounts: AccountSettings[]
  /** The provider to which CAPSTAN_MODEL applies. */
  usual: Provider
  /** Called when the state of an account changes. */
  onChange: () => void
  log: Log
}

const LOOK_MS = 5_000
const FIRST_WAIT_MS = 1_000
/** A server that starts is found within this time. */
const LONGEST_WAIT_MS = 15_000
/** An operator may load or remove a model meanwhile. */
const ANSWERED_WAIT_MS = 30_000

/**
 * Asks each endpoint that is not a vendor's for its models: the model to use when none is stated, and whether a stated one is
 * listed. It repeats until it knows, because servers may start later than workers.
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
    read: (account) => states.get(account) ?? createInitialState(account),
    stop: async () => {
      stopping.abort()
      await Promise.all(looks.map(({ running }) => running))
    },
  }
}

/** Azure lists all models of a region, but calls name deployments. */
function isCompatible({ provider, baseUrl }: AccountSettings): boolean {
  return !isVendorEndpoint(provider, baseUrl) && !isAzureEndpoint(baseUrl)
}

function createInitialState({ model: stated, baseUrl }: AccountSettings): EndpointState {
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

/** One reply is enough for a stated model: calls report the rest. */
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
