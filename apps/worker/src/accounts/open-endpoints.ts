import { isVendorEndpoint } from '@capstan/shared/config/endpoint-vendor'
import type { ServedProvider, WorkerStatus } from '@capstan/shared/contract/worker-status'
import type { Log } from '@capstan/shared/log'
import type { AccountSettings, ConfiguredProvider } from './account-settings.ts'
import type { EndpointState } from './choose-model.ts'
import { watchEndpoints } from './watch-endpoints.ts'

/** The providers and accounts of this worker, as far as its endpoints have listed their models. */
export interface Endpoints {
  /** Resolves when each endpoint has answered or failed once; within about 10 s. */
  firstLook: Promise<void>
  describe(): Pick<WorkerStatus, 'providers' | 'accounts'>
  /** Calls `listener` at each change of `describe()`. */
  follow(listener: () => void): void
  stop(): Promise<void>
}

/** Starts to ask the endpoints for their models. */
export function openEndpoints(
  providers: ConfiguredProvider[],
  accounts: AccountSettings[],
  log: Log,
): Endpoints {
  const listeners: (() => void)[] = []
  const usual = providers[0]?.provider ?? 'demo'
  const onChange = (): void => listeners.forEach((listener) => listener())
  const { firstLook, read, stop } = watchEndpoints({ accounts, usual, onChange, log })
  return {
    firstLook,
    describe: () => ({
      providers: providers.map((one) => describeProvider(one, { accounts, read })),
      accounts: accounts.map((account) => describeAccount(account, read(account))),
    }),
    follow: (listener) => void listeners.push(listener),
    stop,
  }
}

interface Known {
  accounts: AccountSettings[]
  read: (account: AccountSettings) => EndpointState
}

function describeProvider(
  { provider, model }: ConfiguredProvider,
  { accounts, read }: Known,
): ServedProvider {
  const own = accounts.filter((account) => account.provider === provider)
  const states = own.map(read)
  const problem = states.flatMap((state) => state.problem ?? [])[0]
  const endpoint = own.find((one) => !isVendorEndpoint(one.provider, one.baseUrl))?.baseUrl
  const found = states.flatMap((state) => state.model ?? [])[0]
  return {
    provider,
    model: model ?? found ?? null,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(problem === undefined ? {} : { problem }),
  }
}

function describeAccount(
  { name, provider, weight = 1 }: AccountSettings,
  { model }: EndpointState,
): WorkerStatus['accounts'][number] {
  return { name, provider, weight, model }
}
