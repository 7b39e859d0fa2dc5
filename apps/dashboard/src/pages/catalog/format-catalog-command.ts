import { quoteShellWord } from '@capstan/shared/text/quote-shell-word'
import type { CatalogFilter } from '../../data/api.ts'

/** Formats a search, or the list without a query, as a command of the CLI. A search has no option for stale rows. */
export function formatCatalogCommand(q: string, filter: CatalogFilter, server: string): string {
  const isSearch = q.trim() !== ''
  const words = ['capstan', ...(isSearch ? ['search', q.trim()] : ['get', 'capabilities'])]
  const options: [name: string, value: string | undefined][] = [
    ['--cluster', filter.cluster],
    ['--provider', filter.provider],
    ['--group', filter.group],
    ['--complexity', filter.complexity],
    ['--source', filter.source],
  ]
  for (const [name, value] of options) if (value !== undefined) words.push(name, value)
  if (filter.lowConfidence) words.push('--low-confidence')
  if (filter.suspicious) words.push('--suspicious')
  if (filter.stale && !isSearch) words.push('--stale')
  return [...words, '--server', server].map(quoteShellWord).join(' ')
}
