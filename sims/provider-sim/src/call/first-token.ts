import type { SimConfig } from '../sim-config.ts'
import type { Said } from '../wires/wire.ts'

// Where nothing is configured: a fifth of the time passes before a stream begins.
const SHARE = 0.2

/** The part (simulated ms) of a latency that passes before the first token of a stream. */
export function firstTokenMs({ latency }: SimConfig, said: Said, latencyMs: number): number {
  if (latency.kind !== 'generation') return latencyMs * SHARE
  const writingMs = (said.outputTokens / latency.tokensPerSecond) * 1000
  return (latencyMs * latency.firstTokenMs) / (latency.firstTokenMs + writingMs || 1)
}
