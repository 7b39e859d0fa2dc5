import { z } from 'zod'
import { LIVE_EVENTS, STORED_EVENTS } from '@capstan/shared/contract/scan/scan-event'
import { Scan } from '@capstan/shared/contract/scan/scan'
import { ScanStatus } from '@capstan/shared/contract/scan/scan-status'
import type { Progress } from '@capstan/shared/contract/scan/progress'
import type { ScanItem } from '@capstan/shared/contract/scan/scan-item'
import type { ScanUpdate } from '@capstan/client/follow-scan-events'
import type { TypeFailure, RunningItem, ScanViewState } from './scan-view-state.ts'

const Envelope = z.object({ at: z.string() })
const Named = z.object({ resource: z.string() })
const Finished = z.object({ scan: Scan })

/** Returns the state after one update. Unknown or invalid events change nothing. */
export function reduceState(
  state: ScanViewState,
  update: ScanUpdate,
  nowMs: number,
): ScanViewState {
  if (update.type === 'live') return { ...state, link: { state: 'live' } }
  if (update.type === 'away') {
    return {
      ...state,
      link: { state: 'away', why: update.why, untilMs: nowMs + update.retryInMs },
    }
  }
  const reducer = REDUCERS[update.event]
  const next = reducer?.(state, update.data) ?? state
  return { ...next, offsetMs: computeOffset(update, nowMs) ?? next.offsetMs }
}

type Reducer = (state: ScanViewState, data: unknown) => ScanViewState | undefined

const REDUCERS: Record<string, Reducer> = {
  snapshot: (state, data) =>
    read(LIVE_EVENTS.snapshot, data, ({ scan, active, recentFailures }) => ({
      ...state,
      scan,
      running: new Map(active.map((item) => [item.resource, toRunningItem(item)])),
      failures: recentFailures.toReversed().reduce(withFailedItem, state.failures),
    })),
  'scan.progress': (state, data) =>
    read(LIVE_EVENTS['scan.progress'], data, ({ status, running, ...rest }) => ({
      ...state,
      scan: { ...state.scan, ...rest, status: parseStatus(status, state.scan.status) },
      running: haveSameItems(state.running, running, rest.progress.running),
    })),
  'scan.started': (state, data) =>
    read(STORED_EVENTS['scan.started'], data, ({ total, skipped, runAttempt }) =>
      withScan(state, {
        status: 'queued',
        runAttempt,
        progress: startProgress(state, total, skipped),
      }),
    ),
  'scan.paused': (state, data) =>
    read(STORED_EVENTS['scan.paused'], data, (pause) =>
      withScan(state, { status: 'paused', pause }),
    ),
  'scan.resumed': (state) => withScan(state, { status: 'running', pause: null }),
  'scan.canceling': (state) => withScan(state, { status: 'canceling' }),
  'scan.finished': (state, data) =>
    read(Finished, data, ({ scan }) => ({ ...state, scan, running: new Map(), ended: true })),
  'resource.started': (state, data) =>
    read(STORED_EVENTS['resource.started'].extend(Envelope.shape), data, (event) => ({
      ...state,
      scan: state.scan.status === 'queued' ? { ...state.scan, status: 'running' } : state.scan,
      running: new Map(state.running).set(event.resource, {
        sinceMs: Date.parse(event.at),
        attempt: event.attempt,
      }),
    })),
  'resource.failed': (state, data) =>
    read(STORED_EVENTS['resource.failed'], data, (failure) => ({
      ...state,
      running: without(state.running, failure.resource),
      failures: withFailure(state.failures, failure),
    })),
  'resource.retrying': stopRunning,
  'resource.released': stopRunning,
  'resource.succeeded': stopRunning,
  'resource.skipped': stopRunning,
  'resource.canceled': stopRunning,
  'resource.requeued': (state, data) =>
    read(Named, data, ({ resource }) => ({
      ...state,
      // A second failure of this type is to be shown again.
      failures: state.failures.filter((failure) => failure.resource !== resource),
    })),
}

function stopRunning(state: ScanViewState, data: unknown): ScanViewState | undefined {
  return read(Named, data, ({ resource }) => ({
    ...state,
    running: without(state.running, resource),
  }))
}

function read<S extends z.ZodType>(
  schema: S,
  data: unknown,
  then: (value: z.infer<S>) => ScanViewState,
): ScanViewState | undefined {
  const parsed = schema.safeParse(data)
  return parsed.success ? then(parsed.data) : undefined
}

/** Only live events adjust the clock offset; replayed events are old. */
function computeOffset(update: { id: string; event: string; data: unknown }, nowMs: number) {
  if (update.event !== 'snapshot' && update.event !== 'scan.progress') return undefined
  const parsed = Envelope.safeParse(update.data)
  return parsed.success ? Date.parse(parsed.data.at) - nowMs : undefined
}

function withScan(state: ScanViewState, change: Partial<Scan>): ScanViewState {
  return { ...state, scan: { ...state.scan, ...change } }
}

/** Initial numbers, corrected by the next `scan.progress`. A retry keeps types that ended before. */
function startProgress(
  { scan: { progress } }: ScanViewState,
  total: number,
  skipped: number,
): Progress {
  if (progress.total !== null) return progress
  const percent = total === 0 ? 100 : (skipped / total) * 100
  return { ...progress, total, skipped, queued: total - skipped, finished: skipped, percent }
}

function parseStatus(text: string, before: ScanStatus): ScanStatus {
  return ScanStatus.safeParse(text).data ?? before
}

/** The server names up to twelve running types. When these are all, they replace the local list. */
function haveSameItems(
  running: ScanViewState['running'],
  names: string[],
  count: number,
): ScanViewState['running'] {
  if (names.length !== count) return running
  return new Map([...running].filter(([resource]) => names.includes(resource)))
}

function without(running: ScanViewState['running'], resource: string): ScanViewState['running'] {
  const rest = new Map(running)
  rest.delete(resource)
  return rest
}

function toRunningItem({ startedAt, attempt }: ScanItem): RunningItem {
  return { sinceMs: startedAt === null ? Date.now() : Date.parse(startedAt), attempt }
}

function withFailedItem(failures: readonly TypeFailure[], item: ScanItem): readonly TypeFailure[] {
  const { resource, attempt, problem } = item
  return problem ? withFailure(failures, { resource, attempts: attempt, problem }) : failures
}

function withFailure(
  failures: readonly TypeFailure[],
  failure: TypeFailure,
): readonly TypeFailure[] {
  if (failures.some(({ resource }) => resource === failure.resource)) return failures
  return [...failures, failure]
}
