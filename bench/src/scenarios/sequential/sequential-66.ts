import type { Scenario } from '../../scenario.ts'
import { compareWithSequential, type ComparisonPlan } from './compare-with-sequential.ts'
import { renderSequential66Page } from './sequential-66-page.ts'

const PLAN: ComparisonPlan = {
  cluster: 'demo',
  include: ['*'],
  provider: { latency: { kind: 'uniform', minMs: 4_000, maxMs: 6_000 } },
  variants: [
    { concurrency: 1, workers: 1 },
    ...[10, 32, 66].flatMap((concurrency) =>
      [1, 2, 4].map((workers) => ({ concurrency, workers })),
    ),
  ],
}

/** The main purpose of Capstan: a cluster of 66 types, sequentially or concurrently. */
export const sequential66: Scenario = {
  name: 'sequential-66',
  summary:
    'the sequential loop against Capstan on 66 types at 4-6 s a call; 6 min, and 4 min a seed',
  seeds: 3,
  run: async (lab, seeds) =>
    renderSequential66Page(await compareWithSequential(lab, PLAN, seeds), seeds.length),
}
