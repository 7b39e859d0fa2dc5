import { computeMedian } from '../measures/median.ts'
import { renderBarChart } from '../report/bar-chart.ts'
import { formatSpread } from '../report/spread.ts'
import type { Row } from '../report/table.ts'
import type { BenchmarkPage } from '../report/write-page.ts'

export interface FairnessRun {
  seed: number
  /** From the request until the end of the scan. */
  aloneMs: number
  behindMs: number
  /** Waiting types of the large scan when the small one was requested. */
  waitingBefore: number
  /** Calls of both scans from the first call of the small one to its last. */
  smallStarts: number
  largeStarts: number
  jain: number
}

const GOAL = 2

/** The page of the scenario, from the runs of all seeds. */
export function renderFairnessPage(
  runs: FairnessRun[],
  { large, small, slots }: { large: number; small: number; slots: number },
): Omit<BenchmarkPage, 'name' | 'command'> {
  const times = runs.map((run) => run.behindMs / run.aloneMs)
  const reached = times.filter((value) => value <= GOAL).length
  return {
    title: 'A small scan behind a large one',
    method: `A scan of ${small} types is asked for while one of ${large} runs on the same two workers (${slots} slots together, all of them busy, 0.8 to 1.2 s a call, no limits at the provider), and before that alone on the same processes. Time is from the request until the scan is sealed, plan included. Both are of normal priority. *Jain index*: over the calls that each of the two scans started between the first and the last call of the small one; 1 is an even share, 0.5 is all to one of them. ${runs.length} seed${runs.length === 1 ? '' : 's'}; medians, with minimum and maximum in brackets.`,
    rows: [buildRow(runs)],
    plots: [renderPlot(runs, large, small)],
    findings: [
      `* Behind the large scan the small one takes ${formatSpread(times, 2)} times as long as alone. The goal of at most ${GOAL} is ${reached === runs.length ? 'reached on every seed' : `**reached on ${reached} of ${runs.length} seeds only**`}.`,
      '* A slot that is busy is not taken away: at worst the small scan waits for the next calls that end. Calls that last 5 times as long make that wait, and the time alone, 5 times as long.',
      '* The large scan is ended when the small one is done: how long it takes in all is not asked here.',
    ].join('\n'),
  }
}

function buildRow(runs: FairnessRun[]): Row {
  const of = (value: (run: FairnessRun) => number): number[] => runs.map(value)
  const secondsAlone = of((run) => run.aloneMs / 1000)
  const secondsBehind = of((run) => run.behindMs / 1000)
  const times = of((run) => run.behindMs / run.aloneMs)
  return {
    'alone, s': formatSpread(secondsAlone, 2),
    'behind, s': formatSpread(secondsBehind, 2),
    'behind / alone': formatSpread(times, 2),
    'types that waited before it': formatSpread(
      of((run) => run.waitingBefore),
      0,
    ),
    'calls of the small scan': formatSpread(
      of((run) => run.smallStarts),
      0,
    ),
    'calls of the large one meanwhile': formatSpread(
      of((run) => run.largeStarts),
      0,
    ),
    'Jain index': formatSpread(
      of((run) => run.jain),
      2,
    ),
  }
}

function renderPlot(
  runs: FairnessRun[],
  large: number,
  small: number,
): BenchmarkPage['plots'][number] {
  const secondsAlone = runs.map((run) => run.aloneMs / 1000)
  const secondsBehind = runs.map((run) => run.behindMs / 1000)
  return {
    file: 'fairness-time.svg',
    alt: 'Time of the small scan alone and behind the large one',
    svg: renderBarChart({
      title: `Time of ${small} types (median)`,
      unit: 's',
      boundName: `${GOAL} times alone`,
      bars: [
        { label: 'alone', parts: [computeMedian(secondsAlone)] },
        {
          label: `behind ${large} types`,
          parts: [computeMedian(secondsBehind)],
          bound: GOAL * computeMedian(secondsAlone),
        },
      ],
    }),
  }
}
