import { api } from './api.ts'
import { keepServerState } from './server-state.ts'

/** Reads queues, workers and providers. Throws ProblemError. */
export async function loadServerState(): Promise<void> {
  const [queue, workers, providers] = await Promise.all([
    api.readQueue(),
    api.listWorkers(),
    api.listProviders(),
  ])
  keepServerState({ queue, workers: workers.data, providers })
}
