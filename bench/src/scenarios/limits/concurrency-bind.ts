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

/** Measures how much of the worker slots is used when they are the bottleneck. */
export const concurrencyBind: Scenario = {
  name: 'concurrency-bind',
  summary: '100 and 500 types on 20 slots at 4-6 s per call, 1 and 4 workers; 5 min per seed',
  seeds: 5,
  run: async (lab, seeds) =>
    renderCasesPage(await runCases(lab, CASES, seeds), {
      name: 'concurrency-bind',
      columns: buildOverheadRow,
      title: 'Slots that bind',
      method: `Made-up types, 4 to 6 s a call, no limits, ${SLOTS} slots: 5 and 25 calls a slot. In the last round the slots become idle one after another. That round is a fifth or a twenty-fifth of the time.`,
      goals: [EFFICIENT, NEAR_IDEAL, NOT_AMPLIFIED, COMPLETE],
      remarks: [
        'In the last round a slot that is done waits for the slowest call. An engine could only avoid that if it knew latencies in advance: it would have to start the longest call first.',
      ],
    }),
}

/**
 * The overhead of Capstan, makespan - time of the ideal scheduler, and the part of it before the first call. The rest is
 * idle time of slots between calls and time after the last call.
 */
function buildOverheadRow(runs: CaseRun[]): Row {
  const overheadMs = ({ makespanMs, idealMs }: CaseRun): number => makespanMs - idealMs
  return {
    'beyond the ideal scheduler, s': formatSpread(
      runs.map((run) => overheadMs(run) / 1_000),
      2,
    ),
    'of that before the first call, %': formatSpread(
      runs.map((run) => (100 * run.startMs) / overheadMs(run)),
      0,
    ),
  }
}
