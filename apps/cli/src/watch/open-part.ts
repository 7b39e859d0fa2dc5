import { z } from 'zod'
import type { ItemStatus } from '@capstan/shared/contract/scan/scan-item'
import type { ApiClient } from '../client/api-client.ts'
import { readItems } from '../client/read-items.ts'
import { CliError } from '../cli-error.ts'
import { EXIT } from '../exit-code.ts'
import type { Followed } from './follow-scan.ts'
import { countStatuses, isEnded } from './narrow-scan.ts'
import type { WatchState } from './watch-state.ts'

/** Some types of a scan, while events of all its types come in. */
export interface PartOfScan {
  /** Applies an event; reads the types again when events may be missing. Throws errors that waiting does not fix. */
  hear(heard: Followed): Promise<void>
  /** The state of the scan as if it had only these types. */
  narrow(state: WatchState): WatchState
  isOver(): boolean
}

const STATUS_AFTER: Record<string, ItemStatus> = {
  'resource.started': 'running',
  'resource.retrying': 'retrying',
  'resource.released': 'queued',
  'resource.requeued': 'queued',
  'resource.succeeded': 'succeeded',
  'resource.failed': 'failed',
  'resource.skipped': 'skipped',
  'resource.canceled': 'canceled',
}
const Named = z.object({ resource: z.string() })
/** Events before them were not sent. */
const INCOMPLETE = ['snapshot', 'gap']

export function openPart(
  api: Pick<ApiClient, 'get'>,
  { scanId, resources }: { scanId: string; resources: readonly string[] },
  signal: AbortSignal,
): PartOfScan {
  const statuses = new Map<string, ItemStatus>(resources.map((name) => [name, 'queued']))
  let isStale = true
  const refresh = async (): Promise<void> => {
    try {
      const items = await readItems(api, scanId, resources, signal)
      for (const { resource, status } of items) statuses.set(resource, status)
      isStale = false
    } catch (error) {
      const isAway = error instanceof CliError && error.exitCode === EXIT.unreachable
      // Away, the server is asked again after the next event; left, the watch ends anyway.
      if (!isAway && !signal.aborted) throw error
    }
  }
  return {
    hear: async (heard) => {
      if (heard.type !== 'event') return
      const named = Named.safeParse(heard.data)
      const status = STATUS_AFTER[heard.event]
      if (status && named.success && statuses.has(named.data.resource)) {
        statuses.set(named.data.resource, status)
      }
      if (INCOMPLETE.includes(heard.event)) isStale = true
      if (isStale) await refresh()
    },
    narrow: (state) => narrowState(state, statuses),
    isOver: () => !isStale && [...statuses.values()].every(isEnded),
  }
}

function narrowState(state: WatchState, statuses: ReadonlyMap<string, ItemStatus>): WatchState {
  const { scan, running, failures } = state
  const isOwn = (resource: string): boolean => statuses.has(resource)
  return {
    ...state,
    scan: {
      ...scan,
      progress: countStatuses([...statuses.values()]),
      // Of the whole scan; the share of these types is unknown.
      eta: { seconds: null, ratePerMinute: 0 },
      usage: { ...scan.usage, ...NO_USAGE },
    },
    running: new Map([...running].filter(([resource]) => isOwn(resource))),
    failures: failures.filter(({ resource }) => isOwn(resource)),
  }
}

const NO_USAGE = {
  inputTokens: 0,
  cachedTokens: 0,
  outputTokens: 0,
  estimatedTokens: 0,
  calls: 0,
  cacheHits: 0,
}
