import { Counter, Histogram, Registry } from '@prometheus-io/client'
import { expect, test } from 'vitest'
import { openModelSeries } from './model-series.ts'

const route = (model: string) => ({ provider: 'openai' as const, model })

function open() {
  const registry = new Registry()
  const registers = [registry]
  const calls = new Counter({
    name: 'calls',
    help: 'x',
    labelNames: ['provider', 'model', 'outcome'] as const,
    registers,
  })
  const seconds = new Histogram({
    name: 'seconds',
    help: 'x',
    labelNames: ['provider', 'model'] as const,
    buckets: [1],
    registers,
  })
  const series = openModelSeries({ counters: [calls], histograms: [seconds] })
  const count = (model: string): void => {
    calls.inc({ ...series.labels(route(model)), outcome: 'answered' })
    seconds.observe(series.labels(route(model)), 0.5)
  }
  return { registry, series, count }
}

test('calls to a model without a route are counted with the label other', async () => {
  const { registry, series, count } = open()
  series.add(route('known'))
  count('known')
  count('invented')
  const text = await registry.metrics()
  expect(text).toContain('calls{provider="openai",model="known",outcome="answered"} 1')
  expect(text).toContain('calls{provider="openai",model="other",outcome="answered"} 1')
  expect(text).not.toContain('invented')
})

test('ten thousand models that come and go leave a bounded number of series, and no call is lost from the sum', async () => {
  const { registry, series, count } = open()
  for (let n = 0; n < 10_000; n += 1) {
    series.add(route(`model-${n}`))
    count(`model-${n}`)
    await series.drop(route(`model-${n}`))
  }
  const text = await registry.metrics()
  expect(text.split('\n').length).toBeLessThan(20)
  expect(text).toContain('calls{provider="openai",model="other",outcome="answered"} 10000')
})
