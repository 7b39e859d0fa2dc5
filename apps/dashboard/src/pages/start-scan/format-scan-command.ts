import { quoteShellWord } from '@capstan/shared/text/quote-shell-word'
import type { ScanInput } from '../../data/api.ts'

/** Formats a new scan as a command of the CLI. */
export function formatScanCommand(input: ScanInput, server: string): string {
  const { include = [], exclude = [], budget = {} } = input
  const words = ['capstan', 'scan', ...include, ...exclude.flatMap((one) => ['--exclude', one])]
  const options: [name: string, value: string | number | undefined][] = [
    ['--cluster', input.cluster],
    ['--provider', input.provider],
    ['--model', input.model],
    ['--priority', input.priority],
    ['--on-conflict', input.onConflict],
    ['--concurrency', input.concurrency],
    ['--max-cost', budget.maxCostUsd],
    ['--max-failures', budget.maxFailures],
  ]
  for (const [name, value] of options) if (value !== undefined) words.push(name, String(value))
  if (input.mode === 'full') words.push('--full')
  if (input.execution === 'batch') words.push('--batch')
  if (input.curated !== undefined) words.push(input.curated ? '--curated' : '--no-curated')
  return [...words, '--server', server].map(quoteShellWord).join(' ')
}
