import type { SimConfig } from '../sim-config.ts'
import type { SimAnswer } from '../wires/wire.ts'

// Default: a fifth of the latency passes before a stream starts.
const SHARE = 0.2

/** The part of a latency (simulated ms) before the first token of a stream. */
export function computeFirstTokenMs(
  { latency }: SimConfig,
  modelAnswer: SimAnswer,
  latencyMs: number,
): number {
  if (latency.kind !== 'generation') return latencyMs * SHARE
  const writingMs = (modelAnswer.outputTokens / latency.tokensPerSecond) * 1000
  return (latencyMs * latency.firstTokenMs) / (latency.firstTokenMs + writingMs || 1)
}
