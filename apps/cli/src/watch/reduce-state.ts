import { z } from 'zod'
import { LIVE_EVENTS, STORED_EVENTS } from '@capstan/shared/contract/scan/scan-event'
import { Scan } from '@capstan/shared/contract/scan/scan'
import { ScanStatus } from '@capstan/shared/contract/scan/scan-status'
import type { Progress } from '@capstan/shared/contract/scan/progress'
import type { ScanItem } from '@capstan/shared/contract/scan/scan-item'
import type { Followed } from './follow-scan.ts'
import type { Failure, RunningItem, WatchState } from './watch-state.ts'

const Envelope = z.object({ at: z.string() })
const Named = z.object({ resource: z.string() })
const Finished = z.object({ scan: Scan })

/** The state after one more thing heard. Events that are unknown, or not understood, change nothing. */
export function reduceState(state: WatchState, heard: Followed, nowMs: number): WatchState {
  if (heard.type === 'live') return { ...state, link: { state: 'live' } }
  if (heard.type === 'away') {
    return {
      ...state,
      link: { state: 'away', why: heard.why, untilMs: nowMs + heard.retryInMs },
    }
  }
  const reducer = REDUCERS[heard.event]
  const next = reducer?.(state, heard.data) ?? state
  return { ...next, offsetMs: offsetOf(heard, nowMs) ?? next.offsetMs }
}

type Reducer = (state: WatchState, data: unknown) => WatchState | undefined

const REDUCERS: Record<string, Reducer> = {
  snapshot: (state, data) =>
    read(LIVE_EVENTS.snapshot, data, ({ scan, active, recentFailures }) => ({
      ...state,
      scan,
      running: new Map(active.map((item) => [item.resource, runningItem(item)])),
      failures: recentFailures.toReversed().reduce(withFailedItem, state.failures),
    })),
  'scan.progress': (state, data) =>
    read(LIVE_EVENTS['scan.progress'], data, ({ status, running, ...rest }) => ({
      ...state,
      scan: { ...state.scan, ...rest, status: statusOr(status, state.scan.status) },
      running: agree(state.running, running, rest.progress.running),
    })),
  'scan.started': (state, data) =>
    read(STORED_EVENTS['scan.started'], data, ({ total, skipped, runAttempt }) =>
      withScan(state, { status: 'queued', runAttempt, progress: planned(state, total, skipped) }),
    ),
  'scan.paused': (state, data) =>
    read(STORED_EVENTS['scan.paused'], data, (pause) =>
      withScan(state, {
        status: 'paused',
        pause: { ...pause, problem: pause.problem } as Scan['pause'],
      }),
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
      // It may fail again, and that is news.
      failures: state.failures.filter((failure) => failure.resource !== resource),
    })),
}

function stopRunning(state: WatchState, data: unknown): WatchState | undefined {
  return read(Named, data, ({ resource }) => ({
    ...state,
    running: without(state.running, resource),
  }))
}

function read<S extends z.ZodType>(
  schema: S,
  data: unknown,
  then: (value: z.infer<S>) => WatchState,
): WatchState | undefined {
  const parsed = schema.safeParse(data)
  return parsed.success ? then(parsed.data) : undefined
}

/** Only what happens now tells the time; what is caught up on is old. */
function offsetOf(heard: { id: string; event: string; data: unknown }, nowMs: number) {
  if (heard.event !== 'snapshot' && heard.event !== 'scan.progress') return undefined
  const parsed = Envelope.safeParse(heard.data)
  return parsed.success ? Date.parse(parsed.data.at) - nowMs : undefined
}

function withScan(state: WatchState, change: Partial<Scan>): WatchState {
  return { ...state, scan: { ...state.scan, ...change } }
}

/** The first numbers; the next `scan.progress` corrects them. A retry keeps what has ended before. */
function planned({ scan: { progress } }: WatchState, total: number, skipped: number): Progress {
  if (progress.total !== null) return progress
  const percent = total === 0 ? 100 : (skipped / total) * 100
  return { ...progress, total, skipped, queued: total - skipped, finished: skipped, percent }
}

function statusOr(text: string, before: ScanStatus): ScanStatus {
  return ScanStatus.safeParse(text).data ?? before
}

/** The server names up to twelve running types; when that is all of them, ours must be the same. */
function agree(
  running: WatchState['running'],
  names: string[],
  count: number,
): WatchState['running'] {
  if (names.length !== count) return running
  return new Map([...running].filter(([resource]) => names.includes(resource)))
}

function without(running: WatchState['running'], resource: string): WatchState['running'] {
  const rest = new Map(running)
  rest.delete(resource)
  return rest
}

function runningItem({ startedAt, attempt }: ScanItem): RunningItem {
  return { sinceMs: startedAt === null ? Date.now() : Date.parse(startedAt), attempt }
}

function withFailedItem(failures: readonly Failure[], item: ScanItem): readonly Failure[] {
  const { resource, attempt, problem } = item
  return problem ? withFailure(failures, { resource, attempts: attempt, problem }) : failures
}

function withFailure(failures: readonly Failure[], failure: Failure): readonly Failure[] {
  if (failures.some(({ resource }) => resource === failure.resource)) return failures
  return [...failures, failure]
}
