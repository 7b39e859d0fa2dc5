import type { LatencyConfig } from '../config/latency-config.ts'
import { drawUniform, drawNormal } from '../draw.ts'

/** A latency depends on nothing else, so every run with the same seed is the same. */
export interface LatencyInput {
  seed: number
  definition: string
  /** How often this definition was requested, including this call. */
  attempt: number
  outputTokens: number
}

/** Draws the latency of one call in simulated milliseconds. */
export function drawLatencyMs(latency: LatencyConfig, input: LatencyInput): number {
  const purpose = input.attempt === 1 ? 'latency' : `latency-${input.attempt}`
  const { seed, definition } = input
  if (latency.kind === 'uniform') {
    return latency.minMs + drawUniform(seed, purpose, definition) * (latency.maxMs - latency.minMs)
  }
  const typicalMs =
    latency.kind === 'lognormal'
      ? latency.medianMs
      : latency.firstTokenMs + (input.outputTokens / latency.tokensPerSecond) * 1000
  const spread = Math.exp(latency.sigma * drawNormal(seed, purpose, definition))
  return typicalMs * spread * drawTailFactor(latency.tail, input, purpose)
}

function drawTailFactor(
  tail: Extract<LatencyConfig, { kind: 'lognormal' }>['tail'],
  { seed, definition }: LatencyInput,
  purpose: string,
): number {
  if (!tail || drawUniform(seed, `${purpose}-tail`, definition) >= tail.probability) return 1
  const at = drawUniform(seed, `${purpose}-tail-factor`, definition)
  return tail.minFactor + at * (tail.maxFactor - tail.minFactor)
}
