import type { Provider } from '@capstan/shared/contract/provider'
import type { WorkerStatus } from '@capstan/shared/contract/worker-status'
import { serving } from '../providers/serving-workers.ts'

const MEND: Record<Provider, string> = {
  anthropic: 'Start one with ANTHROPIC_API_KEY.',
  openai: 'Start one with OPENAI_API_KEY.',
  demo: 'Start one: `capstan up` brings two.',
}

/** A sentence when no live worker can go on with scans by a provider: they are accepted and wait. */
export function unserved(workers: WorkerStatus[], provider: Provider): string[] {
  if (serving(workers, provider).length > 0) return []
  const who = workers.every(({ draining }) => draining)
    ? 'No worker is running'
    : `No running worker serves ${provider}`
  return [`${who}, so nothing is analysed until one does. ${MEND[provider]}`]
}
