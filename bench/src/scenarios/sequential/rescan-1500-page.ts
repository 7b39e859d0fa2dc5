import { computeMedian } from '../../measures/median.ts'
import { renderBarChart } from '../../report/bar-chart.ts'
import { formatSpread } from '../../report/spread.ts'
import type { Row } from '../../report/table.ts'
import type { BenchmarkPage } from '../../report/write-page.ts'

export interface RescanRun {
  seed: number
  /** From the first request until its plan was written. */
  planMs: number
  firstCalls: number
  firstJobs: number
  /** From the second request until the end of that scan. */
  rescanMs: number
  rescanCalls: number
  rescanJobs: number
  skipped: number
}

const GOAL_MS = 2_000

/** The page of the scenario, from the runs of all seeds. */
export function renderRescanPage(
  runs: RescanRun[],
  types: number,
): Omit<BenchmarkPage, 'name' | 'command'> {
  const of = (value: (run: RescanRun) => number): number[] => runs.map(value)
  const quick = of((run) => run.rescanMs).filter((ms) => ms < GOAL_MS).length
  const free = runs.filter((run) => run.rescanCalls === 0 && run.rescanJobs === 0).length
  return {
    title: 'Scanning an unchanged cluster again',
    method: `A simulated cluster of ${types} made-up types, read through the real Kubernetes client over HTTP; two workers and a provider whose calls take 10 to 20 ms. The first scan of freshly started processes, then the same request once more. *Plan*: from the request until the plan is written (discovery, all definitions, decisions). *Again*: from the second request until that scan is sealed. Jobs are counted by the queue's own number of jobs ever added. ${runs.length} seed${runs.length === 1 ? '' : 's'}; medians, with minimum and maximum in brackets.`,
    rows: buildRows(runs),
    plots: [renderPlot(runs, types)],
    findings: [
      `* No call and no job at all in ${free} of ${runs.length} second scans; under ${GOAL_MS / 1000} s in ${quick} of ${runs.length}.`,
      '* The definitions are small ones of one form. Those of a real cluster are up to a thousand times as large, which makes the first plan longer; the second reads metadata only and does not notice.',
    ].join('\n'),
  }
}

function buildRows(runs: RescanRun[]): Row[] {
  const count = (value: (run: RescanRun) => number): string => formatSpread(runs.map(value), 0)
  const plan = runs.map((run) => run.planMs / 1000)
  const again = runs.map((run) => run.rescanMs / 1000)
  return [
    {
      scan: 'first',
      'plan, s': formatSpread(plan, 2),
      'whole scan, s': null,
      calls: count((run) => run.firstCalls),
      jobs: count((run) => run.firstJobs),
      'types skipped': '0',
    },
    {
      scan: 'again',
      'plan, s': null,
      'whole scan, s': formatSpread(again, 2),
      calls: count((run) => run.rescanCalls),
      jobs: count((run) => run.rescanJobs),
      'types skipped': count((run) => run.skipped),
    },
  ]
}

function renderPlot(runs: RescanRun[], types: number): BenchmarkPage['plots'][number] {
  const plan = runs.map((run) => run.planMs / 1000)
  const again = runs.map((run) => run.rescanMs / 1000)
  return {
    file: 'rescan-1500-time.svg',
    alt: 'Time of the first plan and of the whole second scan',
    svg: renderBarChart({
      title: `${types} types (median)`,
      unit: 's',
      boundName: 'goal',
      bars: [
        { label: 'first plan', parts: [computeMedian(plan)] },
        { label: 'second scan', parts: [computeMedian(again)], bound: GOAL_MS / 1000 },
      ],
    }),
  }
}
