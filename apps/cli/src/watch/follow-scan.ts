import { backoffMs, type BackoffSteps } from '@capstan/shared/async/backoff'
import { sleep } from '@capstan/shared/async/sleep'
import { createParser, type EventSourceMessage } from 'eventsource-parser'
import { errorOfResponse } from '../client/answer-errors.ts'
import type { ApiClient } from '../client/api-client.ts'
import { CliError } from '../cli-error.ts'
import { EXIT } from '../exit-code.ts'

/** One thing heard of a scan, or of the connection to it. */
export type Followed =
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
 * The events of a scan from now on, over any number of connections: each comes back with the last id, so
 * nothing is missed and nothing comes twice. Ends with the scan, or when the signal is aborted. CliError
 * when the server refuses, or cannot be reached for `giveUpMs`.
 */
export async function* followScan(
  api: Pick<ApiClient, 'open' | 'server'>,
  scanId: string,
  signal: AbortSignal,
  times = TIMES,
): AsyncGenerator<Followed> {
  const position = { lastId: '', waitMs: 0 }
  let failures = 0
  let awaySince = performance.now()
  while (!signal.aborted) {
    const lost = yield* connectOnce({ api, scanId, signal, times }, position)
    if (lost === 'over' || signal.aborted) return
    if (lost.wasLive) [failures, awaySince] = [0, performance.now()]
    if (performance.now() - awaySince > times.giveUpMs) throw gaveUp(api.server, lost.why, times)
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
  /** Asked for by the server, for the next try only. */
  waitMs: number
}

type Lost = 'over' | { why: string; wasLive: boolean }

/** One connection, from its request to its loss. */
async function* connectOnce(
  { api, scanId, signal, times }: Following,
  position: Position,
): AsyncGenerator<Followed, Lost> {
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
    if (!response.ok || !response.body) return await refused(api, response, position)
    wasLive = true
    yield { type: 'live' }
    if (yield* readEvents(response.body, position, () => idle.refresh())) return 'over'
    return { why: 'the server ended the stream', wasLive }
  } catch (error) {
    return { why: whyLost(error, silence.signal), wasLive }
  } finally {
    clearTimeout(idle)
  }
}

/** What another try cannot mend is thrown. */
function whyLost(error: unknown, silence: AbortSignal): string {
  if (silence.aborted) return 'nothing was heard for a while'
  if (!(error instanceof CliError)) return 'cut off'
  if (error.exitCode !== EXIT.unreachable) throw error
  return error.why ?? error.message
}

/** Refusals that waiting may mend are a loss; the others end the following. */
async function refused(
  api: Pick<ApiClient, 'server'>,
  response: Response,
  position: Position,
): Promise<Lost> {
  const error = await errorOfResponse(api.server, response)
  if (response.status < 500 && response.status !== 429) throw error
  position.waitMs = Math.min(60, Number(response.headers.get('retry-after')) || 0) * 1000
  return { why: error.why ?? error.message, wasLive: false }
}

/** Answers whether the scan has ended. */
async function* readEvents(
  body: ReadableStream<Uint8Array>,
  position: Position,
  onHeard: () => void,
): AsyncGenerator<Followed, boolean> {
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

/** Undefined for what was seen before or cannot be read. */
function take({ id = '', event = 'message', data }: EventSourceMessage, position: Position) {
  const parsed = parse(data)
  if (id !== '' && sequence(id) <= sequence(position.lastId)) return undefined
  if (id !== '') position.lastId = id
  // The server begins anew: it did not know our place, perhaps because Redis lost its last events.
  if (event === 'snapshot') position.lastId = ''
  if (event === 'server.closing') position.waitMs = closingWaitMs(parsed)
  return { type: 'event', id, event, data: parsed } satisfies Followed
}

/** Only the last end of a scan, which carries it, is the end: one before a retry is history. */
function isEnd(followed: Followed): boolean {
  return (
    followed.type === 'event' &&
    followed.event === 'scan.finished' &&
    typeof followed.data === 'object' &&
    followed.data !== null &&
    'scan' in followed.data
  )
}

function closingWaitMs(parsed: unknown): number {
  const hasWait = typeof parsed === 'object' && parsed !== null && 'retryMs' in parsed
  return hasWait ? Math.min(10_000, Number(parsed.retryMs) || 0) : 0
}

function sequence(id: string): number {
  return Number(id.split('-')[0] || -1)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Half of the delay is random, so that the watchers of a server do not all return at once. */
function retrySteps({ firstRetryMs, longestRetryMs }: FollowTimes): BackoffSteps {
  return { firstMs: firstRetryMs, longestMs: longestRetryMs, jitter: [0.5, 1] }
}

function gaveUp(server: string, why: string, { giveUpMs }: FollowTimes): CliError {
  return new CliError(`Capstan at ${server} has been away for too long`, {
    exitCode: EXIT.unreachable,
    why: `${why} (tried for ${Math.round(giveUpMs / 1000)} s)`,
    fix: 'The scan goes on without a watcher. Look at the server, then `capstan watch latest`.',
  })
}
