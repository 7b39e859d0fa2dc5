import type { RequestMeasure } from '@capstan/testkit/event-loop/measure-routes'
import { computeMedian } from '../../measures/median.ts'
import { renderBarChart } from '../../report/bar-chart.ts'
import type { Row } from '../../report/table.ts'
import type { BenchmarkPage } from '../../report/write-page.ts'

const GOAL_MS = 50
/** Number of routes in the chart. */
const SHOWN = 12
const NO_REQUESTS = ['start', 'scene']

interface Sizes {
  types: number
  rows: number
}

/** Figures of a route over all runs. */
interface RouteFigures {
  route: string
  requests: number
  /** The longest delay by any of its requests: median and maximum of the runs. */
  delayMs: number
  mostDelayMs: number
  computeMs: number
  /** Duration of its slowest request. */
  tookMs: number
}

/** The page of the scenario, from all runs. */
export function renderEventLoopPage(
  runs: RequestMeasure[][],
  sizes: Sizes,
): Omit<BenchmarkPage, 'name' | 'command'> {
  const names = [...new Set(runs.flat().map(({ route }) => route))]
  const figures = names.map((route) => computeFigures(route, runs))
  const routes = figures.filter(({ route }) => !NO_REQUESTS.includes(route))
  const sorted = routes.toSorted((a, b) => b.delayMs - a.delayMs)
  return {
    title: 'How long does the worst request of each route block the API?',
    method: describeMethod(runs.length, sizes),
    rows: sorted.map(buildRow),
    moreTables: [
      {
        text: 'Before the requests: the start of the process, and the scene (the import of all rows, two planned scans, one of them canceled).',
        rows: figures.filter(({ route }) => NO_REQUESTS.includes(route)).map(buildRow),
      },
    ],
    plots: [renderPlot(sorted.slice(0, SHOWN))],
    findings: writeFindings(sorted),
  }
}

function describeMethod(runs: number, { types, rows }: Sizes): string {
  return (
    `One API process over a real Redis, a generated cluster of ${types} custom types beside the built-in ones, ${rows} rows of another cluster in the catalog, no worker. ` +
    'Every route gets its worst requests, one after another: the most patterns, names or characters that it takes, misspelt names, stars, the largest pages, the largest bodies (`packages/testkit/src/event-loop/worst`). ' +
    'A test fails when a route has none. *Delay* is how much later than due a timer of the process ran during a request (`monitorEventLoopDelay`, 100 timers a second): so long did all other requests wait. ' +
    '*Computing* is the most processor time between two of these timers: the part of the delay that the process causes, and not other processes of the machine. Background work that a request starts, such as a plan, counts as well. ' +
    `A figure is the median of ${runs} runs of the longest of the route; *most* is the longest of all runs.`
  )
}

function computeFigures(route: string, runs: RequestMeasure[][]): RouteFigures {
  const ofRoute = runs.map((run) => run.filter((one) => one.route === route))
  const longest = (value: (one: RequestMeasure) => number): number[] =>
    ofRoute.map((measures) => Math.max(...measures.map(value)))
  const delays = longest(({ window }) => window.maxMs)
  return {
    route,
    requests: ofRoute[0]?.length ?? 0,
    delayMs: computeMedian(delays),
    mostDelayMs: Math.max(...delays),
    computeMs: computeMedian(longest(({ window }) => window.maxComputeMs)),
    tookMs: computeMedian(longest(({ window }) => window.tookMs)),
  }
}

function buildRow({ route, requests, ...figures }: RouteFigures): Row {
  return {
    route,
    requests,
    'longest delay, ms': figures.delayMs.toFixed(0),
    'most, ms': figures.mostDelayMs.toFixed(0),
    'computing, ms': figures.computeMs.toFixed(0),
    'slowest answer, ms': figures.tookMs.toFixed(0),
  }
}

function renderPlot(routes: RouteFigures[]): BenchmarkPage['plots'][number] {
  return {
    file: 'event-loop-delay.svg',
    alt: 'the longest delay of the event loop by route, with the goal',
    svg: renderBarChart({
      title: 'Longest delay of the event loop',
      unit: 'ms',
      boundName: 'goal',
      bars: routes.map(({ route, delayMs }) => {
        const label = route.replace('/api/v1', '').slice(0, 34)
        return { label, parts: [delayMs], bound: GOAL_MS }
      }),
    }),
  }
}

function writeFindings(sorted: RouteFigures[]): string {
  const above = sorted.filter(({ delayMs }) => delayMs > GOAL_MS)
  const computing = sorted.filter(({ computeMs }) => computeMs > GOAL_MS)
  const names = (routes: RouteFigures[]): string =>
    routes.map(({ route }) => `\`${route}\``).join(', ')
  return [
    `* Goal (longest delay <= ${GOAL_MS} ms): reached by ${sorted.length - above.length} of ${sorted.length} routes${above.length > 0 ? `, not by ${names(above)}` : ''}.`,
    `* Computing above ${GOAL_MS} ms: ${computing.length > 0 ? names(computing) : 'no route'}.`,
  ].join('\n')
}
