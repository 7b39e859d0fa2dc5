import type { CapabilityView } from '@capstan/shared/contract/capability'

const COLUMNS: [name: string, value: (row: CapabilityView) => string][] = [
  ['cluster', (row) => row.cluster],
  ['type', (row) => row.resource],
  ['kind', (row) => row.kind],
  ['can do', (row) => row.capabilities.join(', ')],
  ['providers', (row) => row.providers.join(', ')],
  ['complexity', (row) => row.complexity],
  ['description', (row) => row.description],
  ['confidence', (row) => `${row.confidence}${row.stale ? ' (stale)' : ''}`],
  ['source', (row) => row.source],
]

/** Header of a GitHub-flavored Markdown table. */
export function formatMarkdownHeader(): string {
  const names = COLUMNS.map(([name]) => name)
  return `${line(names)}${line(names.map(() => '---'))}`
}

export function formatMarkdownRow(row: CapabilityView): string {
  return line(COLUMNS.map(([, value]) => escapeText(value(row))))
}

function line(cells: string[]): string {
  return `| ${cells.join(' | ')} |\n`
}

/** Escapes Markdown and HTML, because the text of a model or a cluster must not become a link, image or element. */
function escapeText(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/[\\`*_[\]()!|~:@#]/g, (mark) => `&#${mark.charCodeAt(0)};`)
}
