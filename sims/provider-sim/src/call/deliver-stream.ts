import type { StreamFrame, StreamFrames, SimAnswer } from '../wires/wire.ts'
import type { CallExchange } from './call-exchange.ts'
import { computeFirstTokenMs } from './first-token.ts'
import { sendHead } from './send.ts'
import { trickleChunks } from './trickle-chunks.ts'

/** Streams an answer as server-sent events over the rest of its latency, or fails halfway as configured. */
export async function deliverStream(
  exchange: CallExchange,
  frames: StreamFrames,
  modelAnswer: SimAnswer,
): Promise<void> {
  const { state, call, fault, response } = exchange
  sendHead(exchange, 200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  const beginning = [...frames.first, ...frames.deltas.slice(0, frames.deltas.length / 2)]
  switch (fault?.kind) {
    case 'hang-in-body':
      response.write(joinFrames(frames.first))
      return
    case 'reset-in-body':
      call.verdict = 'fault'
      response.write(joinFrames(beginning), () => response.destroy())
      return
    case 'broken-body':
      call.verdict = 'fault'
      response.end(joinFrames(beginning) + joinFrames(frames.last.slice(0, 1)).slice(0, -20))
      return
    case 'error-after-200':
      call.verdict = 'fault'
      response.end(joinFrames([...beginning, frames.failure]))
      return
    case 'slow-drip':
    case undefined:
    default: {
      const writingMs =
        call.latencyMs - computeFirstTokenMs(state.config, modelAnswer, call.latencyMs)
      response.write(joinFrames(frames.first))
      const pieces = frames.deltas.map((frame) => joinFrames([frame]))
      const isDrip = fault?.kind === 'slow-drip'
      await trickleChunks(
        exchange,
        [...pieces, joinFrames(frames.last)],
        isDrip ? fault.dripMs : writingMs,
      )
    }
  }
}

function joinFrames(frames: StreamFrame[]): string {
  return frames
    .map(({ event, data }) => `${event === undefined ? '' : `event: ${event}\n`}data: ${data}\n\n`)
    .join('')
}
