import { buildProgress } from './build-progress.ts'
import type { Progress } from './contract/scan/progress.ts'
import type { ItemStatus } from './contract/scan/scan-item.ts'
import { STATUS_AFTER_EVENT } from './contract/scan/status-after-event.ts'

/** The fields of an event that the counters depend on. */
interface ReplayedEvent {
  type: string
  data: { resource?: unknown; total?: unknown }
}

export interface ProgressReplay {
  apply(event: ReplayedEvent): void
  /** Returns the counters after the last applied event. */
  read(): Progress
}

/** Derives the counters of a scan from its events. They must be applied in order, from the first one on. */
export function createProgressReplay(): ProgressReplay {
  const statuses = new Map<string, ItemStatus>()
  const counts = new Map<ItemStatus, number>()
  const count = (status: ItemStatus): number => counts.get(status) ?? 0
  let total: number | null = null
  return {
    apply: ({ type, data: { resource, total: planned } }) => {
      if (type === 'scan.started' && typeof planned === 'number') total = planned
      const status = STATUS_AFTER_EVENT.get(type)
      if (status === undefined || typeof resource !== 'string') return
      const before = statuses.get(resource)
      if (before !== undefined) counts.set(before, count(before) - 1)
      counts.set(status, count(status) + 1)
      statuses.set(resource, status)
    },
    read: () => {
      // Types without an event are queued.
      const untouched = total === null ? 0 : total - statuses.size
      return buildProgress(total, (status) =>
        status === 'queued' ? count(status) + untouched : count(status),
      )
    },
  }
}
