import { createHash } from 'node:crypto'
import type { SimConfig } from '../sim-config.ts'
import { drawLatencyMs, type LatencyInput } from './draw-latency.ts'
import { SlowPhases } from './slow-phases.ts'

/** Latency of calls: the input latency times the factors of the service state. */
export class CallLatency {
  readonly #config: SimConfig
  readonly #phases: SlowPhases
  readonly #knownSchemas = new Set<string>()

  constructor(config: SimConfig) {
    this.#config = config
    this.#phases = new SlowPhases(config.seed, config.slowness.phases)
  }

  /** Simulated ms. `schema` is the answer schema of the call; `inFlight` includes the call itself. */
  draw(input: LatencyInput, state: { nowMs: number; inFlight: number; schema: unknown }): number {
    const { latency, slowness } = this.#config
    const { load } = slowness
    const crowding = load ? 1 + load.slope * Math.max(0, state.inFlight / load.knee - 1) : 1
    const factor = crowding * this.#phases.factorAt(state.nowMs)
    return drawLatencyMs(latency, input) * factor + this.#grammarMs(state.schema)
  }

  #grammarMs(schema: unknown): number {
    const { newSchemaMs } = this.#config.slowness
    if (newSchemaMs === 0 || schema === undefined) return 0
    const name = createHash('sha256').update(JSON.stringify(schema)).digest('hex')
    if (this.#knownSchemas.has(name)) return 0
    this.#knownSchemas.add(name)
    return newSchemaMs
  }
}
