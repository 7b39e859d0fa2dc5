import type { App } from '../../src/app-types.ts'

export interface RouteEntry {
  method: string
  /** Path with `:parameters` and `*`. */
  pattern: string
  /** Path with a plausible value for each parameter. */
  path: string
}

const SCAN_ID = `scan_${'0'.repeat(32)}`

/** Lists every route of the server from its router, so that tests over all routes are complete. */
export function routeTable(app: App): RouteEntry[] {
  const segments: string[] = []
  const routes: RouteEntry[] = []
  for (const line of app.printRoutes().split('\n')) {
    const match = /^([│ ├└─]*)(\S+)(?: \(([A-Z, ]+)\))?$/.exec(line)
    if (!match) continue
    const [, indent = '', segment = '', methods = ''] = match
    const depth = indent.length / 4 - 1
    segments.length = depth
    segments[depth] = segment
    const pattern = segments.join('')
    for (const method of methods.split(', ').filter(Boolean)) {
      routes.push({ method, pattern, path: fill(pattern) })
    }
  }
  return routes
}

function fill(pattern: string): string {
  const id = pattern.includes('/scans/') ? SCAN_ID : 'infer'
  return pattern.replace(':id', id).replaceAll(/:\w+/g, 'infer').replace('*', 'static/none.js')
}
