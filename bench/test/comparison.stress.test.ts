import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { expect, onTestFinished, test } from 'vitest'
import { writeCrdFolder } from '@capstan/testkit/crd-folder'
import { writePage } from '../src/report/write-page.ts'
import {
  compareWithSequential,
  type ComparisonPlan,
} from '../src/scenarios/sequential/compare-with-sequential.ts'
import { renderSequential66Page } from '../src/scenarios/sequential/sequential-66-page.ts'
import { summarize } from '../src/scenarios/sequential/summarize.ts'
import { makeLab } from './make-lab.ts'

const TYPES = 6
const LATENCY = { kind: 'uniform', minMs: 20, maxMs: 60 } as const

async function arrange() {
  const made = await makeLab()
  const folder = join(made.folder, 'crds')
  const include = await writeCrdFolder(folder, TYPES)
  const plan: ComparisonPlan = {
    cluster: folder,
    include,
    provider: { latency: LATENCY },
    variants: [{ concurrency: 3, workers: 2 }],
  }
  return { ...made, plan }
}

test('the sequential baseline and Capstan do the same work, and no figure beats the lower bound', async () => {
  const { folder, redis, rows, lab, plan } = await arrange()
  const runs = await compareWithSequential(lab, plan, [1, 2])
  expect(runs).toHaveLength(4)
  expect(rows).toHaveLength(4)
  for (const run of runs) {
    expect(run).toMatchObject({ types: TYPES, failed: 0, calls: TYPES })
    expect(run.maxInFlight).toBeLessThanOrEqual(run.variant?.concurrency ?? 1)
    expect(run.maxInFlight).toBeGreaterThan(0)
    expect(run.efficiency).toBeGreaterThan(0)
    expect(run.efficiency).toBeLessThanOrEqual(1)
    expect(run.fifoMs).toBeGreaterThanOrEqual(run.lowerBoundMs)
    const parts = Object.values(run.parts)
    expect(Math.min(...parts)).toBeGreaterThanOrEqual(0)
    expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(run.makespanMs, 6)
  }
  // The latencies of a seed are the same for all, whatever the order of the calls; those of another differ.
  const sums = (seed: number) =>
    runs
      .filter((run) => run.seed === seed)
      .map((run) => (run.lowerBoundMs * (run.variant?.concurrency ?? 1)).toFixed(3))
  expect(new Set(sums(1)).size).toBe(1)
  expect(new Set(sums(2)).size).toBe(1)
  expect(sums(1)[0]).not.toBe(sums(2)[0])

  const client = new Redis(redis.url)
  onTestFinished(() => client.disconnect())
  expect(await client.dbsize()).toBe(0)

  const page = { ...renderSequential66Page(runs, 2), name: 'trial', command: 'bench trial' }
  const text = await readFile(await writePage(page, join(folder, 'pages')), 'utf8')
  expect(text).toContain('`bench trial`')
  expect(text).toContain('| concurrency 3, 2 workers |')
  expect(text).toContain('2 of 2')
  for (const { file } of page.plots) {
    expect(text).toContain(`](${file})`)
    expect(await readFile(join(folder, 'pages', file), 'utf8')).toMatch(/^<svg [^]*<\/svg>\n$/)
  }
})

test('a failed type is reported, and there is no efficiency and no speed-up', async () => {
  const { lab, plan } = await arrange()
  const faults = [{ kind: 'refusal', matching: 'Widget00002 ' } as const]
  const broken = { ...plan, provider: { latency: LATENCY, faults } }
  const runs = await compareWithSequential(lab, broken, [1])
  expect(runs.map(({ failed, efficiency }) => ({ failed, efficiency }))).toEqual([
    { failed: 1, efficiency: null },
    { failed: 1, efficiency: null },
  ])
  const summaries = summarize(runs)
  expect(summaries.map(({ speedUp, complete }) => ({ speedUp, complete }))).toEqual([
    { speedUp: null, complete: 0 },
    { speedUp: null, complete: 0 },
  ])
  const { findings } = renderSequential66Page(runs, 1)
  expect(findings).toContain('2 runs had failed types')
})
