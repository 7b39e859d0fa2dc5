import type { LatencyConfig } from '../config/latency-config.ts'
import { draw, drawNormal } from '../draw.ts'

/** What the latency of a call depends on; nothing else, so that every run of a seed has the same. */
export interface Drawn {
  seed: number
  definition: string
  /** How often this definition was asked about, this call included. */
  attempt: number
  outputTokens: number
}

/** Latency (simulated ms) of one call. */
export function drawLatencyMs(latency: LatencyConfig, drawn: Drawn): number {
  const purpose = drawn.attempt === 1 ? 'latency' : `latency-${drawn.attempt}`
  const { seed, definition } = drawn
  if (latency.kind === 'uniform') {
    return latency.minMs + draw(seed, purpose, definition) * (latency.maxMs - latency.minMs)
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
  { seed, definition }: Drawn,
  purpose: string,
): number {
  if (!tail || draw(seed, `${purpose}-tail`, definition) >= tail.probability) return 1
  const at = draw(seed, `${purpose}-tail-factor`, definition)
  return tail.minFactor + at * (tail.maxFactor - tail.minFactor)
}
