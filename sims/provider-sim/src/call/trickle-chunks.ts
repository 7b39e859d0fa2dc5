import type { CallExchange } from './call-exchange.ts'

/** Writes chunks evenly over the given simulated ms, then ends the response. */
export async function trickleChunks(
  exchange: CallExchange,
  pieces: string[],
  overMs: number,
): Promise<void> {
  const { state, call, response, closed } = exchange
  for (const piece of pieces) {
    if (closed.aborted) return
    response.write(piece)
    await state.clock.wait(overMs / pieces.length, closed)
  }
  if (closed.aborted) return
  call.verdict = 'answered'
  response.end()
}
