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
  longestMs: number
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

const GOALS = { taskMs: 50, growthMib: 20, firstContentMs: 1_000 }

export function renderDashboardPage(
  runs: DashboardRun[],
  types: number,
): Omit<BenchmarkPage, 'name' | 'command'> {
  const spread = (read: (run: DashboardRun) => number, digits = 0): string =>
    formatSpread(runs.map(read), digits)
  const growth = (run: DashboardRun): number => run.heapAtEndMib - run.heapAfterMinuteMib
  const first = runs.flatMap(({ firstContentMs }) => firstContentMs)
  const worst = (read: (run: DashboardRun) => number): number => Math.max(...runs.map(read))
  const judge = (isReached: boolean): string => (isReached ? 'reached' : '**not reached**')
  return {
    title: 'The dashboard in a browser during a large scan',
    method: `A headless Chromium shows the page of a scan of ${types} types from its start to its end, beside the whole stack on the same machine. *Tasks* are those of the main thread, from the tracing of Chromium: by the clock, which counts the time of other processes on the same cores, and on the processor. *Heap* is what is left after a garbage collection. The table of all types is then scrolled from its first to its last row, 12 rows in each frame, and looked at in three places of each frame. First content is measured ${first.length} times with an empty cache. ${runs.length} run${runs.length === 1 ? '' : 's'}.`,
    rows: [
      { figure: 'first content, ms', value: formatSpread(first, 0), goal: '< 1,000' },
      {
        figure: 'tasks over 50 ms by the clock',
        value: spread(({ tasks }) => tasks.long),
        goal: '0',
      },
      {
        figure: 'tasks over 50 ms on the processor',
        value: spread(({ tasks }) => tasks.longCpu),
        goal: '0',
      },
      {
        figure: 'longest task, ms by the clock',
        value: spread(({ tasks }) => tasks.longestMs),
        goal: '',
      },
      {
        figure: 'longest task, ms on the processor',
        value: spread(({ tasks }) => tasks.longestCpuMs),
        goal: '',
      },
      {
        figure: 'heap after one minute, MiB',
        value: spread((run) => run.heapAfterMinuteMib, 1),
        goal: '',
      },
      { figure: 'growth of the heap until the end, MiB', value: spread(growth, 1), goal: '< 20' },
      { figure: 'frames of the scrolling', value: spread(({ scroll }) => scroll.frames), goal: '' },
      { figure: 'blank frames', value: spread(({ scroll }) => scroll.blank), goal: '0' },
      {
        figure: 'frames with rows that are still read',
        value: spread(({ scroll }) => scroll.waiting),
        goal: '',
      },
      {
        figure: 'longest task of the scrolling, ms on the processor',
        value: spread(({ scrollTasks }) => scrollTasks.longestCpuMs),
        goal: '',
      },
    ],
    plots: [],
    findings: [
      `* Goal (no task over ${GOALS.taskMs} ms): ${judge(worst(({ tasks }) => tasks.long) === 0)} by the clock, ${judge(worst(({ tasks }) => tasks.longCpu) === 0)} on the processor.`,
      `* Goal (less than ${GOALS.growthMib} MB of heap after the first minute): ${judge(worst(growth) < GOALS.growthMib)}.`,
      `* Goal (first content in less than 1 s): ${judge(computeMedian(first) < GOALS.firstContentMs)}.`,
      `* Goal (no blank frame while ${types} rows scroll): ${judge(worst(({ scroll }) => scroll.blank) === 0)}.`,
    ].join('\n'),
  }
}
