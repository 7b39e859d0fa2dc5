import { signal } from '@preact/signals'
import type { ProviderList } from '@capstan/shared/contract/providers/provider-list'
import type { QueueStatus } from '@capstan/shared/contract/queue/queue-status'
import type { WorkerStatus } from '@capstan/shared/contract/worker-status'

/** Queues, workers and providers, as a frame or a request has them. Absent: not part of the answer. */
export interface ServerState {
  queue?: QueueStatus
  workers?: WorkerStatus[]
  providers?: ProviderList
}

/** Undefined until the server has answered. */
export const queueStatus = signal<QueueStatus | undefined>(undefined)
export const workerList = signal<readonly WorkerStatus[] | undefined>(undefined)
export const providerList = signal<ProviderList | undefined>(undefined)

export function keepServerState({ queue, workers, providers }: ServerState): void {
  if (queue !== undefined) queueStatus.value = queue
  if (workers !== undefined) workerList.value = workers
  if (providers !== undefined) providerList.value = providers
}
