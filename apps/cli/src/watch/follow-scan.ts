import { backoffMs, type BackoffSteps } from '@capstan/shared/async/backoff'
import { sleep } from '@capstan/shared/async/sleep'
import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { readErrorResponse } from '../client/response-errors.ts'
import type { ApiClient } from '../client/api-client.ts'
import { CliError } from '../cli-error.ts'
import { EXIT } from '../exit-code.ts'

/** One event of a scan, or a change of the connection. */
export type ScanUpdate =
  | { type: 'event'; id: string; event: string; data: unknown }
  | { type: 'live' }
  | { type: 'away'; why: string; retryInMs: number }

export interface FollowTimes {
  firstRetryMs: number
  longestRetryMs: number
  /** The server sends a ping every 15 s. */
  silentMs: number
  giveUpMs: number
}

const TIMES: FollowTimes = {
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
export async function* followScan(
  api: Pick<ApiClient, 'open' | 'server'>,
  scanId: string,
  signal: AbortSignal,
  times = TIMES,
): AsyncGenerator<ScanUpdate> {
  const position = { lastId: '', waitMs: 0 }
  let failures = 0
  let awaySince = performance.now()
  while (!signal.aborted) {
    const lost = yield* connectOnce({ api, scanId, signal, times }, position)
    if (lost === 'over' || signal.aborted) return
    if (lost.wasLive) [failures, awaySince] = [0, performance.now()]
    if (performance.now() - awaySince > times.giveUpMs)
      throw createGaveUpError(api.server, lost.why, times)
    const retryInMs = Math.max(position.waitMs, backoffMs(failures++, retrySteps(times)))
    position.waitMs = 0
    yield { type: 'away', why: lost.why, retryInMs }
    await sleep(retryInMs, { signal })
  }
}

interface Following {
  api: Pick<ApiClient, 'open' | 'server'>
  scanId: string
  signal: AbortSignal
  times: FollowTimes
}

interface Position {
  lastId: string
  /** Retry delay requested by the server, for the next attempt only. */
  waitMs: number
}

type Lost = 'over' | { why: string; wasLive: boolean }

/** One connection, until it ends or fails. */
async function* connectOnce(
  { api, scanId, signal, times }: Following,
  position: Position,
): AsyncGenerator<ScanUpdate, Lost> {
  const silence = new AbortController()
  const idle = setTimeout(() => silence.abort(), times.silentMs)
  let wasLive = false
  try {
    const resume = position.lastId === '' ? {} : { 'last-event-id': position.lastId }
    const response = await api.open(`/api/v1/scans/${scanId}/events`, {
      signal: AbortSignal.any([signal, silence.signal]),
      headers: { accept: 'text/event-stream', ...resume },
    })
    if (response.status === 204) return 'over'
    if (!response.ok || !response.body) return await toRefusalError(api, response, position)
    wasLive = true
    yield { type: 'live' }
    if (yield* readEvents(response.body, position, () => idle.refresh())) return 'over'
    return { why: 'the server ended the stream', wasLive }
  } catch (error) {
    return { why: describeLoss(error, silence.signal), wasLive }
  } finally {
    clearTimeout(idle)
  }
}

/** Returns why the connection was lost. Rethrows errors that a retry cannot fix. */
function describeLoss(error: unknown, silence: AbortSignal): string {
  if (silence.aborted) return 'no event for a while'
  if (!(error instanceof CliError)) return 'cut off'
  if (error.exitCode !== EXIT.unreachable) throw error
  return error.why ?? error.message
}

/** Refusals that may be temporary count as a lost connection. Others throw. */
async function toRefusalError(
  api: Pick<ApiClient, 'server'>,
  response: Response,
  position: Position,
): Promise<Lost> {
  const error = await readErrorResponse(api.server, response)
  if (response.status < 500 && response.status !== 429) throw error
  position.waitMs = Math.min(60, Number(response.headers.get('retry-after')) || 0) * 1000
  return { why: error.why ?? error.message, wasLive: false }
}

/** Returns whether the scan has ended. */
async function* readEvents(
  body: ReadableStream<Uint8Array>,
  position: Position,
  onHeard: () => void,
): AsyncGenerator<ScanUpdate, boolean> {
  const ready: EventSourceMessage[] = []
  const parser = createParser({ onEvent: (message) => ready.push(message) })
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    onHeard()
    parser.feed(text)
    for (const message of ready.splice(0)) {
      const followed = take(message, position)
      if (!followed) continue
      yield followed
      if (isEnd(followed)) return true
    }
  }
  return false
}

/** Undefined for a repeated or unreadable event. */
function take({ id = '', event = 'message', data }: EventSourceMessage, position: Position) {
  const parsed = parse(data)
  if (id !== '' && parseSequence(id) <= parseSequence(position.lastId)) return undefined
  if (id !== '') position.lastId = id
  // The server did not know the last event id, for example because Redis lost its last events, and starts
  // again.
  if (event === 'snapshot') position.lastId = ''
  if (event === 'server.closing') position.waitMs = readClosingWaitMs(parsed)
  return { type: 'event', id, event, data: parsed } satisfies ScanUpdate
}

/** Only the final event of a scan carries the scan. An end before a retry does not end the stream. */
function isEnd(followed: ScanUpdate): boolean {
  return (
    followed.type === 'event' &&
    followed.event === 'scan.finished' &&
    typeof followed.data === 'object' &&
    followed.data !== null &&
    'scan' in followed.data
  )
}

function readClosingWaitMs(parsed: unknown): number {
  const hasWait = typeof parsed === 'object' && parsed !== null && 'retryMs' in parsed
  return hasWait ? Math.min(10_000, Number(parsed.retryMs) || 0) : 0
}

function parseSequence(id: string): number {
  return Number(id.split('-')[0] || -1)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Half of the delay is random, so that many watchers do not reconnect together. */
function retrySteps({ firstRetryMs, longestRetryMs }: FollowTimes): BackoffSteps {
  return { firstMs: firstRetryMs, longestMs: longestRetryMs, jitter: [0.5, 1] }
}

function createGaveUpError(server: string, why: string, { giveUpMs }: FollowTimes): CliError {
  return new CliError(`Capstan at ${server} was unreachable for too long`, {
    exitCode: EXIT.unreachable,
    why: `${why}  (retried for ${Math.round(giveUpMs / 1000)} s)`,
    fix: 'The scan continues. Check the server, then run `capstan watch latest`.',
  })
}
