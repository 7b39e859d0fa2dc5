import type { Frame, Frames, Said } from '../wires/wire.ts'
import type { Exchange } from './exchange.ts'
import { firstTokenMs } from './first-token.ts'
import { sendHead } from './send.ts'
import { trickle } from './trickle.ts'

/** Sends an answer as server-sent events over the rest of its latency, or fails in the middle as planned. */
export async function deliverStream(exchange: Exchange, frames: Frames, said: Said): Promise<void> {
  const { state, call, fault, response } = exchange
  sendHead(exchange, 200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
  const beginning = [...frames.first, ...frames.deltas.slice(0, frames.deltas.length / 2)]
  switch (fault?.kind) {
    case 'hang-in-body':
      response.write(written(frames.first))
      return
    case 'reset-in-body':
      call.verdict = 'fault'
      response.write(written(beginning), () => response.destroy())
      return
    case 'broken-body':
      call.verdict = 'fault'
      response.end(written(beginning) + written(frames.last.slice(0, 1)).slice(0, -20))
      return
    case 'error-after-200':
      call.verdict = 'fault'
      response.end(written([...beginning, frames.failure]))
      return
    case 'slow-drip':
    case undefined:
    default: {
      const writingMs = call.latencyMs - firstTokenMs(state.config, said, call.latencyMs)
      response.write(written(frames.first))
      const pieces = frames.deltas.map((frame) => written([frame]))
      const isDrip = fault?.kind === 'slow-drip'
      await trickle(exchange, [...pieces, written(frames.last)], isDrip ? fault.dripMs : writingMs)
    }
  }
}

function written(frames: Frame[]): string {
  return frames
    .map(({ event, data }) => `${event === undefined ? '' : `event: ${event}\n`}data: ${data}\n\n`)
    .join('')
}
