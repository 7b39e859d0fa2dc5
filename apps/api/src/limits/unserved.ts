import type { Provider } from '@capstan/shared/contract/scan'
import type { WorkerStatus } from '@capstan/shared/contract/worker-status'

const MEND: Record<Provider, string> = {
  anthropic: 'Start one with ANTHROPIC_API_KEY.',
  openai: 'Start one with OPENAI_API_KEY.',
  demo: 'Start one: `capstan up` brings two.',
}

/** A sentence when no live worker can go on with scans by a provider: they are accepted and wait. */
export function unserved(workers: WorkerStatus[], provider: Provider): string[] {
  const live = workers.filter(({ draining }) => !draining)
  if (live.some(({ providers }) => providers.some((one) => one.provider === provider))) return []
  const who = live.length === 0 ? 'No worker is running' : `No running worker serves ${provider}`
  return [`${who}, so nothing is analysed until one does. ${MEND[provider]}`]
}
