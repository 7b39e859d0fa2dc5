import { signal, type ReadonlySignal } from '@preact/signals'
import { api } from '../../../data/api.ts'
import type { Frame } from '../../../data/frame.ts'
import { readItemStatus } from '../items/apply-item-frame.ts'

export interface RunningType {
  resource: string
  /** RFC 3339. */
  since: string
  attempt: number
  worker: string | undefined
}

export interface RunningTypes {
  /** Types with a call now, by name. */
  types: ReadonlySignal<ReadonlyMap<string, RunningType>>
  /** Reads them again. */
  read(): void
  apply(frame: Frame): void
  close(): void
}

const MOST = 200

/** The types of a scan that run now: read once, then kept up to date by events. */
export function openRunningTypes(scanId: string): RunningTypes {
  const types = signal<ReadonlyMap<string, RunningType>>(new Map())
  const ended = new AbortController()
  /** Names with an event while the types are being read: the event is newer. */
  let touched: Set<string> | undefined

  const read = async (): Promise<void> => {
    touched = new Set()
    const { data } = await api.listItems(scanId, { status: 'running', limit: MOST }, ended.signal)
    const known = types.peek()
    const next = new Map([...known].filter(([name]) => touched?.has(name)))
    for (const { resource, startedAt, attempt, attempts } of data) {
      if (touched.has(resource) || startedAt === null) continue
      const worker = known.get(resource)?.worker ?? attempts.at(-1)?.worker
      next.set(resource, { resource, since: startedAt, attempt, worker })
    }
    touched = undefined
    types.value = next
  }
  // A failure leaves the present types; the next event or poll corrects them.
  const start = (): void => void read().catch(() => undefined)
  return {
    types,
    read: start,
    apply: (frame) => {
      if (frame.type === 'snapshot') return start()
      const { resource, at, attempt = 1, worker } = frame.data
      const status = readItemStatus(frame)
      if (resource === undefined || status === undefined) return
      touched?.add(resource)
      const next = new Map(types.peek())
      if (status === 'running') next.set(resource, { resource, since: at, attempt, worker })
      else if (!next.delete(resource)) return
      types.value = next
    },
    close: () => ended.abort(),
  }
}
