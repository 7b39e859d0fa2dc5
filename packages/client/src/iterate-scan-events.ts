import { CapstanError, readCapstanError } from './capstan-error.ts'
import { followScanEvents, type FollowTimes, type OpenStream } from './follow-scan-events.ts'
import type { components } from './generated/openapi.ts'

type ScanEvents = components['schemas']['ScanEvents']

/** An event of a scan, discriminated by `event`. Later servers may send others: ignore those that you do not know. */
export type ScanEvent = {
  [E in keyof ScanEvents]: {
    /** Id of a stored event, for `lastEventId`; empty for other events. */
    id: string
    event: E
    data: ScanEvents[E]
  }
}[keyof ScanEvents]

export interface WatchScanOptions {
  /** Ends the wait. Without it the retries never end while the server is unreachable. */
  signal?: AbortSignal | undefined
  /** `id` of the last event that was received, for example before a restart of the program. Default: a snapshot comes first. */
  lastEventId?: string | undefined
  /** Called when the connection is lost, with the delay before the next attempt. */
  onRetry?: ((retry: { why: string; retryInMs: number }) => void) | undefined
}

const TIMES: FollowTimes = { firstRetryMs: 250, longestRetryMs: 10_000, silentMs: 50_000 }

/** Yields the events of a scan until it ends. */
export async function* iterateScanEvents(
  open: OpenStream,
  scanId: string,
  { signal = new AbortController().signal, lastEventId, onRetry }: WatchScanOptions,
): AsyncGenerator<ScanEvent, void> {
  const updates = followScanEvents(
    { open, readError: readCapstanError, findRetryReason },
    { scanId, signal, lastEventId, times: TIMES },
  )
  for await (const update of updates) {
    if (update.type === 'away') onRetry?.(update)
    else if (update.type === 'event' && isScanEvent(update)) yield update
  }
  signal.throwIfAborted()
}

/** The server validates its events, so the client does not, and stays small. */
function isScanEvent(update: { id: string; event: string; data: unknown }): update is ScanEvent {
  return typeof update.data === 'object' && update.data !== null
}

/** Responses of proxies are retried, because they also come while the server restarts; except for missing access. */
function findRetryReason(error: unknown): string | undefined {
  if (!(error instanceof CapstanError)) return 'the server is unreachable'
  const { status, problem, message } = error
  if (problem) return status >= 500 || status === 429 ? message : undefined
  return status === 401 || status === 403 ? undefined : message
}
