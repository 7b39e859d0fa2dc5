import type { SimState } from '../call/sim-state.ts'

export interface SimStats {
  calls: number
  succeeded: number
  rateLimited: number
  refused: number
  faults: number
  aborted: number
  inFlight: number
  maxInFlight: number
}

/** Counts since the start or the last reset. */
export function summarizeCalls({ calls, inFlight }: SimState): SimStats {
  const count = (verdict: string) => calls.filter((call) => call.verdict === verdict).length
  return {
    calls: calls.length,
    succeeded: count('answered'),
    rateLimited: count('rate-limited'),
    refused: count('refused'),
    faults: calls.filter(({ fault }) => fault !== undefined).length,
    aborted: count('aborted'),
    inFlight: inFlight.total,
    maxInFlight: inFlight.peak,
  }
}
