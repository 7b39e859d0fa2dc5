import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { obtainDashboard } from '@capstan/shared/dashboard/obtain-dashboard'
import type { Log } from '@capstan/shared/log'

/** `absent`: there are no files, for the reason in `because`. */
export type DashboardState =
  | { status: 'building' }
  | { status: 'ready'; folder: string }
  | { status: 'absent'; because: string }

export interface DashboardFiles {
  state(): DashboardState
  /** Ends a build. */
  close(): void
}

/**
 * Finds the files of the dashboard: in `folder` (CAPSTAN_DASHBOARD_DIR), else built from the sources while the API already
 * serves. The API works without them.
 */
export function openDashboardFiles(folder: string | undefined, log: Log): DashboardFiles {
  const building = new AbortController()
  let state: DashboardState = { status: 'building' }
  const fail = (because: string): void => {
    state = { status: 'absent', because }
    log.warn({ because }, 'the dashboard is not available; the API works without it')
  }
  if (folder !== undefined) {
    if (existsSync(join(folder, 'index.html'))) state = { status: 'ready', folder }
    else fail(`CAPSTAN_DASHBOARD_DIR (${folder}) has no index.html`)
  } else {
    obtainDashboard({
      caches: [join(tmpdir(), `capstan-dashboard-${process.getuid?.() ?? 'user'}`)],
      onProgress: (line) => log.info(line),
      signal: building.signal,
    }).then(
      (built) => (state = { status: 'ready', folder: built }),
      (error: unknown) => {
        if (!building.signal.aborted) fail(error instanceof Error ? error.message : String(error))
      },
    )
  }
  return { state: () => state, close: () => building.abort() }
}
