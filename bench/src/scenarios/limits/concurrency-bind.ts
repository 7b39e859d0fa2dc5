import {
  renderCasesPage,
  COMPLETE,
  EFFICIENT,
  NEAR_IDEAL,
  NOT_AMPLIFIED,
} from '../../cases/cases-page.ts'
import type { BenchCase, CaseRun } from '../../cases/bench-case.ts'
import { runCases } from '../../cases/run-cases.ts'
import { formatSpread } from '../../report/spread.ts'
import type { Row } from '../../report/table.ts'
import type { Scenario } from '../../scenario.ts'

const SLOTS = 20

const CASES: BenchCase[] = [
  { rounds: 5, workers: 1 },
  { rounds: 25, workers: 1 },
  { rounds: 25, workers: 4 },
].map(({ rounds, workers }) => ({
  name: `${rounds} calls a slot, ${workers} worker${workers === 1 ? '' : 's'}`,
  types: rounds * SLOTS,
  workers,
  slots: SLOTS,
  provider: { latency: { kind: 'uniform', minMs: 4_000, maxMs: 6_000 } },
  settings: () => ({ ANTHROPIC_LIMITS: `concurrency=${SLOTS}` }),
}))

/** Slots are the bottleneck: how much of them is used. */
export const concurrencyBind: Scenario = {
  name: 'concurrency-bind',
  summary: '100 and 500 types on 20 slots at 4-6 s a call, 1 and 4 workers; 5 min a seed',
  seeds: 5,
  run: async (lab, seeds) =>
    renderCasesPage(await runCases(lab, CASES, seeds), {
      name: 'concurrency-bind',
      columns: buildLossRow,
      title: 'Slots that bind',
      method: `Made-up types, 4 to 6 s a call, no limits, ${SLOTS} slots: 5 and 25 calls a slot. In the last round slots run empty, one after another, and that weighs a fifth or a twenty-fifth.`,
      goals: [EFFICIENT, NEAR_IDEAL, NOT_AMPLIFIED, COMPLETE],
      remarks: [
        'In the last round a slot that is done waits for the slowest call. No engine that does not know latencies beforehand can help that: longest first needs to know which one is long.',
      ],
    }),
}

/**
 * Capstan's share of the time, and the part of it before the first call. The rest is gaps of slots, and the
 * end.
 */
function buildLossRow(runs: CaseRun[]): Row {
  const beyondMs = ({ makespanMs, idealMs }: CaseRun): number => makespanMs - idealMs
  return {
    'beyond the ideal scheduler, s': formatSpread(
      runs.map((run) => beyondMs(run) / 1_000),
      2,
    ),
    'of that before the first call, %': formatSpread(
      runs.map((run) => (100 * run.startMs) / beyondMs(run)),
      0,
    ),
  }
}
