import { expect, test } from 'vitest'
import { SimConfig } from '../sim-config.ts'
import { CallLatency } from './call-latency.ts'
import { drawLatencyMs } from './draw-latency.ts'
import { SlowPhases } from './slow-phases.ts'

const COUNT = 4000
const call = (index: number, seed = 7) => ({
  seed,
  definition: `type ${index}`,
  attempt: 1,
  outputTokens: 100,
})
const many = (latency: Parameters<typeof drawLatencyMs>[0], seed = 7) =>
  Array.from({ length: COUNT }, (_, index) => drawLatencyMs(latency, call(index, seed)))

test('a latency depends only on seed, definition and attempt, and stays in its range', () => {
  const latency = { kind: 'uniform', minMs: 4000, maxMs: 6000 } as const
  const drawn = many(latency)
  expect(many(latency)).toEqual(drawn)
  expect(many(latency, 8)).not.toEqual(drawn)
  expect(drawLatencyMs(latency, { ...call(0), attempt: 2 })).not.toBe(drawn[0])
  expect(Math.min(...drawn)).toBeGreaterThanOrEqual(4000)
  expect(Math.max(...drawn)).toBeLessThan(6000)
})

test('a lognormal latency has the configured median, spread and tail', () => {
  const plain = many({ kind: 'lognormal', medianMs: 4800, sigma: 0.22 })
  const ordered = plain.toSorted((one, other) => one - other)
  expect(ordered[COUNT / 2]).toBeGreaterThan(4650)
  expect(ordered[COUNT / 2]).toBeLessThan(4950)
  const inner = plain.filter((ms) => ms > 3300 && ms < 6900).length / COUNT
  expect(inner).toBeGreaterThan(0.88)
  expect(inner).toBeLessThan(0.98)
  const tail = { probability: 0.05, minFactor: 3, maxFactor: 5 }
  const tailed = many({ kind: 'lognormal', medianMs: 4800, sigma: 0.22, tail })
  const factors = tailed.map((ms, index) => ms / (plain[index] ?? 1)).filter((f) => f > 1.001)
  expect(factors.length / COUNT).toBeGreaterThan(0.035)
  expect(factors.length / COUNT).toBeLessThan(0.065)
  expect(Math.min(...factors)).toBeGreaterThanOrEqual(3)
  expect(Math.max(...factors)).toBeLessThan(5)
})

test('the latency of a generated answer grows with its length', () => {
  const latency = { kind: 'generation', firstTokenMs: 500, tokensPerSecond: 50, sigma: 0 } as const
  expect(drawLatencyMs(latency, { ...call(0), outputTokens: 100 })).toBe(2500)
})

test('load and the first use of a schema increase the latency of a call', () => {
  const latency = new CallLatency(
    SimConfig.parse({
      latency: { kind: 'uniform', minMs: 100, maxMs: 100 },
      slowness: { load: { knee: 10, slope: 1 }, newSchemaMs: 2000 },
    }),
  )
  const of = (inFlight: number, schema?: unknown) =>
    latency.draw(call(0), { nowMs: 0, inFlight, schema })
  expect([of(10), of(20), of(30)]).toEqual([100, 200, 300])
  expect([of(1, { a: 1 }), of(1, { a: 1 }), of(1, { b: 1 })]).toEqual([2100, 100, 2100])
})

test('slow phases have the configured mean durations and are the same for a seed', () => {
  const config = { normalSeconds: 60, slowSeconds: 20, factor: 3 }
  const seconds = Array.from({ length: 20_000 }, (_, second) => second)
  const readFactors = (seed: number) => {
    const phases = new SlowPhases(seed, config)
    return seconds.map((second) => phases.factorAt(second * 1000))
  }
  const factors = readFactors(1)
  expect(readFactors(1)).toEqual(factors)
  expect(readFactors(2)).not.toEqual(factors)
  const share = factors.filter((factor) => factor === 3).length / factors.length
  expect(share).toBeGreaterThan(0.15)
  expect(share).toBeLessThan(0.35)
})
