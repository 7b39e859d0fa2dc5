import { backoffMs } from '@capstan/shared/async/backoff'
import { readEvents, type ScanStreamEvent, type StreamPosition } from './read-events.ts'

/** One event of a scan, or a change of the connection. */
export type ScanUpdate =
  | ScanStreamEvent
  | { type: 'live' }
  | { type: 'away'; why: string; retryInMs: number }

export interface FollowTimes {
  firstRetryMs: number
  longestRetryMs: number
  /** The server sends a ping every 15 s. */
  silentMs: number
}

/** Sends a GET request. `path` begins with /api/v1. */
export type OpenStream = (
  path: string,
  init: { headers: Record<string, string>; signal: AbortSignal },
) => Promise<Response>

/** A server, and how its refusals become errors. */
export interface EventSource {
  open: OpenStream
  /** Builds the error of a response without events. */
  readError(response: Response): Promise<Error>
  /**
   * Returns why the connection was lost; undefined when a retry cannot fix the error, which is then thrown. `status` is that of a
   * refusal.
   */
  findRetryReason(error: unknown, status: number | undefined): string | undefined
}

export interface FollowRequest {
  scanId: string
  signal: AbortSignal
  /** Id of the last received event. */
  lastEventId?: string | undefined
  times: FollowTimes
  /** Called with each lost connection and the time since the last open one. It may throw to give up. */
  onLost?: (why: string, awayMs: number) => void
}

/**
 * Yields the events of a scan. Reconnects with the last event id, so that no event is lost or repeated. Returns after the
 * last event of the scan, or when the signal is aborted.
 */
export async function* followScanEvents(
  source: EventSource,
  request: FollowRequest,
): AsyncGenerator<ScanUpdate, void> {
  const { signal, times, lastEventId = '' } = request
  const position: StreamPosition = { lastId: lastEventId, waitMs: 0 }
  let failures = 0
  let awaySince = performance.now()
  while (!signal.aborted) {
    const lost = yield* connectOnce(source, request, position)
    if (lost === 'over' || signal.aborted) return
    if (lost.wasLive) [failures, awaySince] = [0, performance.now()]
    request.onLost?.(lost.why, performance.now() - awaySince)
    const retryInMs = Math.max(position.waitMs, chooseDelayMs(failures++, times))
    position.waitMs = 0
    yield { type: 'away', why: lost.why, retryInMs }
    await pause(retryInMs, signal)
  }
}

type Lost = 'over' | { why: string; wasLive: boolean }

/** One connection, until it ends or fails. */
async function* connectOnce(
  source: EventSource,
  { scanId, signal, times }: FollowRequest,
  position: StreamPosition,
): AsyncGenerator<ScanUpdate, Lost> {
  const silence = watchSilence(times.silentMs)
  let wasLive = false
  let status: number | undefined
  try {
    const resume = position.lastId === '' ? {} : { 'last-event-id': position.lastId }
    const response = await source.open(`/api/v1/scans/${encodeURIComponent(scanId)}/events`, {
      signal: AbortSignal.any([signal, silence.signal]),
      headers: { accept: 'text/event-stream', ...resume },
    })
    status = response.status
    if (status === 204) return 'over'
    if (!isEventStream(response)) {
      position.waitMs = readRetryAfterMs(response)
      throw await source.readError(response)
    }
    wasLive = true
    yield { type: 'live' }
    if (yield* readEvents(response.body, position, silence.restart)) return 'over'
    return { why: 'the server ended the stream', wasLive }
  } catch (error) {
    if (signal.aborted) return 'over'
    if (silence.signal.aborted) return { why: 'no event for a while', wasLive }
    const why = wasLive ? 'cut off' : source.findRetryReason(error, status)
    if (why === undefined) throw error
    return { why, wasLive }
  } finally {
    silence.stop()
  }
}

/** A page of a proxy may have status 200 as well. */
function isEventStream(
  response: Response,
): response is Response & { body: ReadableStream<Uint8Array<ArrayBuffer>> } {
  const type = response.headers.get('content-type') ?? ''
  return response.ok && response.body !== null && type.startsWith('text/event-stream')
}

function readRetryAfterMs({ headers }: Response): number {
  return Math.min(60, Number(headers.get('retry-after')) || 0) * 1000
}

/** Aborts `signal` when `restart` is not called for `silentMs`. */
function watchSilence(silentMs: number) {
  const controller = new AbortController()
  const abort = (): void => controller.abort()
  let timer = setTimeout(abort, silentMs)
  const stop = (): void => clearTimeout(timer)
  const restart = (): void => {
    stop()
    timer = setTimeout(abort, silentMs)
  }
  return { signal: controller.signal, restart, stop }
}

/** Half of the delay is random, so that many clients do not reconnect together. */
function chooseDelayMs(failures: number, { firstRetryMs, longestRetryMs }: FollowTimes): number {
  return backoffMs(failures, {
    firstMs: firstRetryMs,
    longestMs: longestRetryMs,
    jitter: [0.5, 1],
  })
}

/** Resolves after `ms`, or as soon as the signal is aborted. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
  })
}
