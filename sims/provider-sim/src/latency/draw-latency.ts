import type { LatencyConfig } from '../config/latency-config.ts'
import { drawUniform, drawNormal } from '../draw.ts'

/** The only inputs of a latency, so that every run of a seed is the same. */
export interface LatencyInput {
  seed: number
  definition: string
  /** How often this definition was requested, including this call. */
  attempt: number
  outputTokens: number
}

/** Latency (simulated ms) of one call. */
export function drawLatencyMs(latency: LatencyConfig, drawn: LatencyInput): number {
  const purpose = drawn.attempt === 1 ? 'latency' : `latency-${drawn.attempt}`
  const { seed, definition } = drawn
  if (latency.kind === 'uniform') {
    return latency.minMs + drawUniform(seed, purpose, definition) * (latency.maxMs - latency.minMs)
  }
  const typicalMs =
    latency.kind === 'lognormal'
      ? latency.medianMs
      : latency.firstTokenMs + (drawn.outputTokens / latency.tokensPerSecond) * 1000
  const spread = Math.exp(latency.sigma * drawNormal(seed, purpose, definition))
  return typicalMs * spread * tailFactor(latency.tail, drawn, purpose)
}

function tailFactor(
  tail: Extract<LatencyConfig, { kind: 'lognormal' }>['tail'],
  { seed, definition }: LatencyInput,
  purpose: string,
): number {
  if (!tail || drawUniform(seed, `${purpose}-tail`, definition) >= tail.probability) return 1
  const at = drawUniform(seed, `${purpose}-tail-factor`, definition)
  return tail.minFactor + at * (tail.maxFactor - tail.minFactor)
}
