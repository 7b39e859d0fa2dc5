import {
  followScanEvents,
  type EventSource,
  type FollowTimes,
  type ScanUpdate,
} from '@capstan/client/follow-scan-events'
import { readErrorResponse } from '../client/response-errors.ts'
import type { ApiClient } from '../client/api-client.ts'
import { CliError } from '../cli-error.ts'
import { EXIT } from '../exit-code.ts'

export interface ScanWatchTimes extends FollowTimes {
  giveUpMs: number
}

const TIMES: ScanWatchTimes = {
  firstRetryMs: 250,
  longestRetryMs: 10_000,
  silentMs: 50_000,
  giveUpMs: 5 * 60_000,
}

/**
 * Yields the events of a scan. Reconnects with the last event id, so that no event is lost or repeated.
 * Ends with the scan, or when the signal is aborted. Throws CliError when the server refuses, or is
 * unreachable for `giveUpMs`.
 */
export function followScan(
  api: Pick<ApiClient, 'open' | 'server'>,
  scanId: string,
  signal: AbortSignal,
  times = TIMES,
): AsyncGenerator<ScanUpdate, void> {
  const source: EventSource = {
    open: api.open,
    readError: (response) => readErrorResponse(api.server, response),
    findRetryReason,
  }
  const onLost = (why: string, awayMs: number): void => {
    if (awayMs > times.giveUpMs) throw createGaveUpError(api.server, why, times)
  }
  return followScanEvents(source, { scanId, signal, times, onLost })
}

/** Refusals that may be temporary count as a lost connection. */
function findRetryReason(error: unknown, status: number | undefined): string | undefined {
  if (!(error instanceof CliError)) return 'cut off'
  const isTemporary = status !== undefined && (status >= 500 || status === 429)
  if (error.exitCode !== EXIT.unreachable && !isTemporary) return undefined
  return error.why ?? error.message
}

function createGaveUpError(server: string, why: string, { giveUpMs }: ScanWatchTimes): CliError {
  return new CliError(`Capstan at ${server} was unreachable for too long`, {
    exitCode: EXIT.unreachable,
    why: `${why}  (retried for ${Math.round(giveUpMs / 1000)} s)`,
    fix: 'The scan continues. Check the server, then run `capstan watch latest`.',
  })
}
