import type { CallExchange } from './call-exchange.ts'

/** Writes chunks evenly over the given simulated ms, then ends the response. */
export async function trickleChunks(
  exchange: CallExchange,
  pieces: string[],
  overMs: number,
): Promise<void> {
  const { state, call, response, over } = exchange
  for (const piece of pieces) {
    if (over.aborted) return
    response.write(piece)
    await state.clock.wait(overMs / pieces.length, over)
  }
  if (over.aborted) return
  call.verdict = 'answered'
  response.end()
}
