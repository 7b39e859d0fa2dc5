import type { CallOutcome, LimitsSnapshot } from '@capstan/limits/types'

export interface EstimateModel {
  /** Call duration in ms. */
  median(): number
  inputTokens(characters: number): number
  /** Per type. */
  outputTokens(types: number): number
  cachedTokens(types: number): number
  /** Learns from an answered call. */
  learn(
    call: { types: number; characters: number },
    tookMs: number,
    usage: CallOutcome['usage'],
  ): void
  view(): Pick<LimitsSnapshot, 'latency' | 'estimate'>
}

/** Model of estimates.lua and of the latency. */
export function estimateModel(): EstimateModel {
  const latency: { mean: number | null; variance: number } = { mean: null, variance: 0 }
  const single = { k: 4, output: 400, deviation: 100, cached: 0 }
  // Multi-type prompts. Before the first one their output estimate is that of single calls.
  const multi = { output: Number.NaN, deviation: 100, cached: 0 }
  const estimateFor = (types: number) => (types > 1 ? multi : single)
  const outputTokens = (types: number): number => {
    const { output } = estimateFor(types)
    return Number.isNaN(output) ? single.output : output
  }
  const median = (): number =>
    latency.mean === null ? 5_000 : Math.floor(Math.exp(latency.mean) + 0.5)
  const learnLatency = (ms: number): void => {
    const value = Math.log(Math.max(1, ms))
    const off = value - (latency.mean ?? value)
    latency.mean = (latency.mean ?? value) + 0.1 * off
    latency.variance = 0.9 * (latency.variance + 0.1 * off * off)
  }
  return {
    median,
    inputTokens: (characters) => Math.max(1, Math.ceil(characters / single.k)),
    outputTokens,
    cachedTokens: (types) => estimateFor(types).cached,
    learn: ({ types, characters }, tookMs, usage) => {
      if (types === 1) learnLatency(tookMs)
      if (!usage) return
      const all = usage.inputTokens + usage.cachedTokens
      if (all > 0 && characters > 0) {
        single.k = Math.min(12, Math.max(0.5, 0.9 * single.k + (0.1 * characters) / all))
      }
      const kind = estimateFor(types)
      const level = outputTokens(types)
      const miss = usage.outputTokens / types - level
      kind.deviation = 0.9 * kind.deviation + 0.1 * Math.abs(miss)
      const direction = miss > 0 ? 0.75 : -0.25
      kind.output = Math.max(1, level + 0.2 * kind.deviation * direction)
      kind.cached = 0.8 * kind.cached + 0.2 * usage.cachedTokens
    },
    view: () => ({
      latency:
        latency.mean === null ? null : { medianMs: median(), sigma: Math.sqrt(latency.variance) },
      estimate: {
        charactersPerToken: single.k,
        outputTokens: single.output,
        cachedTokens: single.cached,
      },
    }),
  }
}
