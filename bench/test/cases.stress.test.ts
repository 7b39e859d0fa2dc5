import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { renderCasesPage, COMPLETE, NONE_REJECTED } from '../src/cases/cases-page.ts'
import type { BenchCase } from '../src/cases/bench-case.ts'
import { runCases } from '../src/cases/run-cases.ts'
import { createPausingBaseline } from '../src/peers/create-pausing-baseline.ts'
import { queueBaseline } from '../src/peers/queue-baseline.ts'
import { writePage } from '../src/report/write-page.ts'
import { makeLab } from './make-lab.ts'

const TYPES = 12

const WORK = {
  types: TYPES,
  workers: 2,
  slots: 4,
  provider: { latency: { kind: 'uniform', minMs: 20, maxMs: 60 } },
} satisfies Omit<BenchCase, 'name'>
/** Holds ten requests, so two of twelve concurrent calls are rejected. */
const TIGHT = {
  ...WORK.provider,
  limits: { requestsPerMinute: 60, burstSeconds: { requests: 10 } },
}

test('Capstan and its baselines do the same work, and the page reports which case reached which goal', async () => {
  const { folder, rows, lab } = await makeLab()
  const cases: BenchCase[] = [
    {
      ...WORK,
      name: 'Capstan',
      provider: TIGHT,
      settings: () => ({ ANTHROPIC_LIMITS: 'rpm=60' }),
    },
    { ...WORK, name: 'over OpenAI', wire: 'openai' },
    {
      ...WORK,
      name: 'pauses',
      provider: TIGHT,
      slots: TYPES,
      baseline: createPausingBaseline(600),
    },
    { ...WORK, name: 'refused', baseline: queueBaseline, provider: broken() },
  ]
  const runs = await runCases(lab, cases, [1])
  expect(runs.map(({ types }) => types)).toEqual([TYPES, TYPES, TYPES, TYPES])
  expect(rows).toHaveLength(4)
  const [capstan, openai, pauses, refused] = runs
  expect(capstan).toMatchObject({ failed: 0, rejected: 0, amplification: 1 })
  expect(capstan?.headroomMs).toBeGreaterThanOrEqual(0)
  expect(openai).toMatchObject({ failed: 0, rejected: 0, headroomMs: null })
  expect(pauses?.failed).toBe(0)
  expect(pauses?.rejected).toBeGreaterThan(0)
  expect(pauses?.headroomMs).toBeLessThan(0)
  // Failures shorten a run.
  expect(refused).toMatchObject({ failed: 1, efficiency: null })
  for (const run of [capstan, openai, pauses]) {
    expect(run?.efficiency).toBeGreaterThan(0)
    expect(run?.efficiency).toBeLessThanOrEqual(1)
  }

  const page = renderCasesPage(runs, {
    name: 'trial',
    title: 'Trial',
    method: 'A trial.',
    goals: [NONE_REJECTED, COMPLETE],
  })
  const path = await writePage({ ...page, name: 'trial', command: 'bench trial' }, folder)
  const text = await readFile(path, 'utf8')
  expect(text).toContain('Reached: Capstan: no call rejected because of a limit')
  expect(text).toContain('**Not reached**: pauses: no call rejected because of a limit')
  expect(text).toContain('**Not reached**: refused: a result for every type (0 of 1 runs)')
  expect(page.plots).toHaveLength(2)
  for (const { file } of page.plots) {
    const svg = await readFile(join(folder, file), 'utf8')
    expect(svg).toMatch(/^<svg [^]*<\/svg>\n$/)
    expect(svg).not.toContain('NaN')
  }
})

function broken(): BenchCase['provider'] {
  return { ...WORK.provider, faults: [{ kind: 'refusal', matching: 'Widget00002 ' }] }
}
