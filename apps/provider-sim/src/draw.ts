import { createHash } from 'node:crypto'
import type { SimConfig } from './sim-config.ts'

/** A number in [0, 1) that depends on nothing but its arguments. */
export function draw(seed: number, purpose: string, text: string): number {
  const digest = createHash('sha256').update(`${seed}|${purpose}|${text}`).digest()
  return digest.readUIntBE(0, 6) / 2 ** 48
}

/** Latency (ms) of a definition: the same in every run of a seed, whatever the order of the calls. */
export function drawLatencyMs(config: SimConfig, definition: string): number {
  const first = draw(config.seed, 'latency', definition)
  const { latency } = config
  if (latency.kind === 'uniform') return latency.minMs + first * (latency.maxMs - latency.minMs)
  // Box-Muller; 1 - u keeps the logarithm finite.
  const second = draw(config.seed, 'latency-2', definition)
  const normal = Math.sqrt(-2 * Math.log(1 - first)) * Math.cos(2 * Math.PI * second)
  return latency.medianMs * Math.exp(latency.sigma * normal)
}
