import { z } from 'zod'
import { UNKNOWN_ETA } from '@capstan/shared/contract/speed/eta'
import { NO_SCAN_USAGE } from '@capstan/shared/contract/scan/scan'
import type { ItemStatus } from '@capstan/shared/contract/scan/scan-item'
import { STATUS_AFTER_EVENT } from '@capstan/shared/contract/scan/status-after-event'
import type { ApiClient } from '../client/api-client.ts'
import { readItems } from '../client/read-items.ts'
import { CliError } from '../cli-error.ts'
import { EXIT } from '../exit-code.ts'
import type { ScanUpdate } from '@capstan/client/follow-scan-events'
import { countStatuses, isEnded } from './narrow-scan.ts'
import type { ScanViewState } from './scan-view-state.ts'

/** Tracks the selected types of a scan from the events of all its types. */
export interface ScanPart {
  /**
   * Applies an event. Reads the types again when events may be missing. Throws errors that a retry cannot
   * fix.
   */
  apply(update: ScanUpdate): Promise<void>
  /** The state of the scan reduced to the selected types. */
  narrow(state: ScanViewState): ScanViewState
  /** Whether all selected types have ended. */
  isOver(): boolean
}

const ResourceData = z.object({ resource: z.string() })
/** Events after which the statuses are read again: the stream starts later (snapshot) or lacks events (gap). */
const EVENTS_OF_LOSS = ['snapshot', 'gap']

export function trackScanPart(
  api: Pick<ApiClient, 'get'>,
  { scanId, resources }: { scanId: string; resources: readonly string[] },
  signal: AbortSignal,
): ScanPart {
  const statuses = new Map<string, ItemStatus>(resources.map((name) => [name, 'queued']))
  let isStale = true
  const refresh = async (): Promise<void> => {
    try {
      const items = await readItems(api, scanId, resources, signal)
      for (const { resource, status } of items) statuses.set(resource, status)
      isStale = false
    } catch (error) {
      const isUnreachable = error instanceof CliError && error.exitCode === EXIT.unreachable
      // If the server is unreachable, the next event retries. If the watch was aborted, it ends anyway.
      if (!isUnreachable && !signal.aborted) throw error
    }
  }
  return {
    apply: async (update) => {
      if (update.type !== 'event') return
      const parsed = ResourceData.safeParse(update.data)
      const status = STATUS_AFTER_EVENT.get(update.event)
      if (status && parsed.success && statuses.has(parsed.data.resource)) {
        statuses.set(parsed.data.resource, status)
      }
      if (EVENTS_OF_LOSS.includes(update.event)) isStale = true
      if (isStale) await refresh()
    },
    narrow: (state) => narrowState(state, statuses),
    isOver: () => !isStale && [...statuses.values()].every(isEnded),
  }
}

function narrowState(
  state: ScanViewState,
  statuses: ReadonlyMap<string, ItemStatus>,
): ScanViewState {
  const { scan, running, failures } = state
  const isSelected = (resource: string): boolean => statuses.has(resource)
  return {
    ...state,
    scan: {
      ...scan,
      progress: countStatuses([...statuses.values()]),
      // The server estimates the whole scan; the share of these types is unknown.
      eta: UNKNOWN_ETA,
      usage: { ...scan.usage, ...NO_SCAN_USAGE },
    },
    running: new Map([...running].filter(([resource]) => isSelected(resource))),
    failures: failures.filter(({ resource }) => isSelected(resource)),
  }
}
