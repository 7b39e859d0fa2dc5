import type { ComponentType } from 'preact'
import { ScansPage } from '../pages/scans/scans-page.tsx'
import { lazyPage } from './lazy-page.tsx'

export interface FoundPage {
  page: ComponentType<Record<string, string>>
  params: Record<string, string>
}

/** Pages by path. `:name` stands for one segment. The code of pages that few open first is loaded later. */
const PAGES: [path: string, page: ComponentType<Record<string, string>>][] = [
  ['', ScansPage],
  ['scans', ScansPage],
  ['scans/:id', lazyPage(async () => (await import('../pages/scan/scan-page.tsx')).ScanPage)],
  [
    'scans/:id/diff',
    lazyPage(async () => (await import('../pages/changes/changes-page.tsx')).ChangesPage),
  ],
  [
    'catalog',
    lazyPage(async () => (await import('../pages/catalog/catalog-page.tsx')).CatalogPage),
  ],
  [
    'catalog/compare',
    lazyPage(async () => (await import('../pages/catalog/compare/compare-page.tsx')).ComparePage),
  ],
  [
    'coverage',
    lazyPage(async () => (await import('../pages/coverage/coverage-page.tsx')).CoveragePage),
  ],
  [
    'providers',
    lazyPage(async () => (await import('../pages/providers/providers-page.tsx')).ProvidersPage),
  ],
  ['queues', lazyPage(async () => (await import('../pages/queues/queues-page.tsx')).QueuesPage)],
]

/** Returns the page of a path below /ui/. */
export function findPage(path: string): FoundPage | undefined {
  const asked = path.replace(/\/$/, '').split('/')
  for (const [pattern, page] of PAGES) {
    const params = matchPath(pattern.split('/'), asked)
    if (params) return { page, params }
  }
  return undefined
}

function matchPath(pattern: string[], asked: string[]): Record<string, string> | undefined {
  if (pattern.length !== asked.length) return undefined
  const params: Record<string, string> = {}
  for (const [index, part] of pattern.entries()) {
    const segment = asked[index] ?? ''
    if (part.startsWith(':')) params[part.slice(1)] = decodeURIComponent(segment)
    else if (part !== segment) return undefined
  }
  return params
}
