import type { Provider } from '@capstan/shared/contract/provider'
import type { WorkerStatus } from '@capstan/shared/contract/worker-status'

/** Live workers that can go on with scans by a provider. */
export function serving(workers: WorkerStatus[], provider: Provider): WorkerStatus[] {
  return workers.filter(
    ({ draining, providers }) => !draining && providers.some((one) => one.provider === provider),
  )
}
