import type { Exchange } from './exchange.ts'

/** Writes pieces one by one, spread over so many simulated ms, and ends the answer. */
export async function trickle(exchange: Exchange, pieces: string[], overMs: number): Promise<void> {
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
