import type { ScrollFigures } from '../../browser/scroll-rows.ts'
import { computeMedian } from '../../measures/median.ts'
import { formatSpread } from '../../report/spread.ts'
import type { BenchmarkPage } from '../../report/write-page.ts'

interface TaskFigures {
  count: number
  /** Tasks of more than 50 ms by the clock. */
  long: number
  /** Tasks of more than 50 ms on the processor. */
  longCpu: number
  /** By the clock. */
  longestMs: number
  /** Time of that task on the processor. */
  longestOwnCpuMs: number
  longestCpuMs: number
}

export interface DashboardRun {
  firstContentMs: number[]
  /** While the scan runs, with the opening of its page. */
  tasks: TaskFigures
  heapAfterMinuteMib: number
  heapAtEndMib: number
  scroll: ScrollFigures
  scrollTasks: TaskFigures
}

type Spread = (read: (run: DashboardRun) => number, digits?: number) => string

const TASK_MS = 50
const GROWTH_MIB = 20
const FIRST_CONTENT_MS = 1_000

const readGrowth = (run: DashboardRun): number => run.heapAtEndMib - run.heapAfterMinuteMib

export function renderDashboardPage(
  runs: DashboardRun[],
  types: number,
): Omit<BenchmarkPage, 'name' | 'command'> {
  const spread: Spread = (read, digits = 0) => formatSpread(runs.map(read), digits)
  const first = runs.flatMap(({ firstContentMs }) => firstContentMs)
  const worst = (read: (run: DashboardRun) => number): number => Math.max(...runs.map(read))
  const judge = (isReached: boolean): string => (isReached ? 'reached' : '**not reached**')
  return {
    title: 'The dashboard in a browser during a large scan',
    method: `A headless Chromium shows the page of a scan of ${types} types from its start to its end, beside the whole stack on the same machine. *Tasks* are those of the main thread, from the tracing of Chromium: by the clock, which counts the time of other processes on the same cores, and on the processor. *Heap* is what is left after a garbage collection. The table of all types is then scrolled from its first to its last row, 12 rows in each frame, and looked at in three places of each frame. First content is measured ${first.length} times with an empty cache. ${runs.length} run${runs.length === 1 ? '' : 's'}.`,
    rows: listFigures(spread, formatSpread(first, 0)).map(([figure, value, goal]) => ({
      figure,
      value,
      goal,
    })),
    plots: [],
    findings: [
      `* Goal (no task over ${TASK_MS} ms): ${judge(worst(({ tasks }) => tasks.long) === 0)} by the clock, ${judge(worst(({ tasks }) => tasks.longCpu) === 0)} on the processor.`,
      describeLongest(runs),
      `* Goal (less than ${GROWTH_MIB} MB of heap after the first minute): ${judge(worst(readGrowth) < GROWTH_MIB)}.`,
      `* Goal (first content in less than 1 s): ${judge(computeMedian(first) < FIRST_CONTENT_MS)}.`,
      `* Goal (no blank frame while ${types} rows scroll): ${judge(worst(({ scroll }) => scroll.blank) === 0)}.`,
    ].join('\n'),
  }
}

/** The thread's own time shows whether a long task works or waits for a core. */
function describeLongest(runs: DashboardRun[]): string {
  const [longest] = runs
    .map(({ tasks }) => tasks)
    .toSorted((one, other) => other.longestMs - one.longestMs)
  const { longestMs = 0, longestOwnCpuMs = 0 } = longest ?? {}
  const times = `${longestMs.toFixed(0)} ms by the clock and ${longestOwnCpuMs.toFixed(0)} ms on the processor`
  const cause =
    longestMs > TASK_MS && longestOwnCpuMs <= TASK_MS
      ? ': for the rest of that time its thread did not run. API, workers, Redis and simulators share the cores with the browser'
      : ''
  return `* The longest task took ${times}${cause}.`
}

function listFigures(spread: Spread, firstContent: string): [string, string, string][] {
  return [
    ['first content, ms', firstContent, '< 1,000'],
    ['tasks over 50 ms by the clock', spread(({ tasks }) => tasks.long), '0'],
    ['tasks over 50 ms on the processor', spread(({ tasks }) => tasks.longCpu), '0'],
    ['longest task, ms by the clock', spread(({ tasks }) => tasks.longestMs), ''],
    ['that task, ms on the processor', spread(({ tasks }) => tasks.longestOwnCpuMs), ''],
    ['longest task, ms on the processor', spread(({ tasks }) => tasks.longestCpuMs), ''],
    ['heap after one minute, MiB', spread((run) => run.heapAfterMinuteMib, 1), ''],
    ['growth of the heap until the end, MiB', spread(readGrowth, 1), '< 20'],
    ['frames of the scrolling', spread(({ scroll }) => scroll.frames), ''],
    ['blank frames', spread(({ scroll }) => scroll.blank), '0'],
    ['frames with rows that are still read', spread(({ scroll }) => scroll.waiting), ''],
    [
      'longest task of the scrolling, ms on the processor',
      spread(({ scrollTasks }) => scrollTasks.longestCpuMs),
      '',
    ],
  ]
}
