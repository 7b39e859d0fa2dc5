import type { Provider } from '@capstan/shared/contract/provider'
import type { WorkerStatus } from '@capstan/shared/contract/worker-status'

/** Selects the live workers that can run scans of a provider. */
export function selectServingWorkers(workers: WorkerStatus[], provider: Provider): WorkerStatus[] {
  return workers.filter(
    ({ draining, providers }) => !draining && providers.some((one) => one.provider === provider),
  )
}

const HINTS: Record<Provider, string> = {
  anthropic: 'Start one with ANTHROPIC_API_KEY.',
  openai: 'Start one with OPENAI_API_KEY.',
  demo: 'Start one: `capstan up` starts two.',
}

/** Returns a warning when no live worker serves a provider; its scans are accepted and wait. */
export function describeMissingWorkers(workers: WorkerStatus[], provider: Provider): string[] {
  if (selectServingWorkers(workers, provider).length > 0) return []
  const subject = workers.every(({ draining }) => draining)
    ? 'No worker is running'
    : `No running worker serves ${provider}`
  return [`${subject}, so scans wait until one does. ${HINTS[provider]}`]
}
