import type { Capability } from '@capstan/shared/contract/capability'

const COLUMNS: [name: string, value: (row: Capability) => string][] = [
  ['cluster', (row) => row.cluster],
  ['type', (row) => row.resource],
  ['kind', (row) => row.kind],
  ['can do', (row) => row.capabilities.join(', ')],
  ['providers', (row) => row.providers.join(', ')],
  ['complexity', (row) => row.complexity],
  ['description', (row) => row.description],
  ['confidence', (row) => `${row.confidence}${row.stale ? ' (stale)' : ''}`],
]

/** Head of a table of GitHub's Markdown. */
export function markdownHeader(): string {
  const names = COLUMNS.map(([name]) => name)
  return `${line(names)}${line(names.map(() => '---'))}`
}

export function markdownRow(row: Capability): string {
  return line(COLUMNS.map(([, value]) => plain(value(row))))
}

function line(cells: string[]): string {
  return `| ${cells.join(' | ')} |\n`
}

/** Words only: what a model or a cluster wrote becomes no link, no image, no element of a page. */
function plain(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/[\\`*_[\]()!|~:@#]/g, (mark) => `&#${mark.charCodeAt(0)};`)
}
