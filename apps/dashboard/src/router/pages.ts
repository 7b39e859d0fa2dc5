import type { ComponentType } from 'preact'
import { ChangesPage } from '../pages/changes/changes-page.tsx'
import { ScanPage } from '../pages/scan/scan-page.tsx'
import { ScansPage } from '../pages/scans/scans-page.tsx'

export interface FoundPage {
  page: ComponentType<Record<string, string>>
  params: Record<string, string>
}

/** Pages by path. `:name` stands for one segment. */
const PAGES: [path: string, page: ComponentType<Record<string, string>>][] = [
  ['', ScansPage],
  ['scans', ScansPage],
  ['scans/:id', ScanPage],
  ['scans/:id/diff', ChangesPage],
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
