import { countInFlight } from '../measures/in-flight.ts'
import { computeMedian } from '../measures/median.ts'
import { renderBarChart } from '../report/bar-chart.ts'
import { renderTimelineChart, type TimelineChart } from '../report/timeline-chart.ts'
import { formatSpread } from '../report/spread.ts'
import type { Row } from '../report/table.ts'
import type { BenchmarkPage } from '../report/write-page.ts'
import type { CaseRun } from './bench-case.ts'

export interface CasesText {
  /** Scenario name, the prefix of the plot files. */
  name: string
  title: string
  /** Description of the provider and the work. The text on bound and figures is common to all pages. */
  method: string
  /** Goals of the runs, reported as reached or not. */
  goals: Goal[]
  /** Additional columns of a case. */
  columns?: (runs: CaseRun[]) => Row
  /** Additional remarks on the runs. */
  remarks?: string[]
  /** Drawn instead of the efficiency. `name` is the suffix of the file name. */
  bars?: { name: string; title: string; unit: string; of: (run: CaseRun) => number }
  /** Shaded range in the timeline, in seconds from the start of the run. */
  band?: TimelineChart['band']
}

export interface Goal {
  /** For example `efficiency of at least 0.95`. */
  what: string
  /** The cases of this goal. Default: all. */
  of?: (run: CaseRun) => boolean
  isReached: (run: CaseRun) => boolean
  /** Whether an ideal scheduler would have reached the goal, and its figure; optional. */
  best?: (run: CaseRun) => { isReached: boolean; figure: number }
}

const EFFICIENCY = 0.95
export const EFFICIENT: Goal = {
  what: `efficiency of at least ${EFFICIENCY}`,
  isReached: ({ efficiency }) => (efficiency ?? 0) >= EFFICIENCY,
  best: ({ lowerBoundMs, idealMs }) => {
    const figure = lowerBoundMs / idealMs
    return { isReached: figure >= EFFICIENCY, figure }
  },
}
const NEAR_IDEAL_SHARE = 0.95
export const NEAR_IDEAL: Goal = {
  what: `at most the time of the ideal scheduler / ${NEAR_IDEAL_SHARE}`,
  isReached: ({ idealMs, makespanMs, failed }) =>
    failed === 0 && idealMs / makespanMs >= NEAR_IDEAL_SHARE,
}
export const NONE_REJECTED: Goal = {
  what: 'no call rejected because of a limit',
  isReached: ({ rejected }) => rejected === 0,
}
export const NOT_AMPLIFIED: Goal = {
  what: 'at most 1.03 calls per type',
  isReached: ({ amplification }) => amplification <= 1.03,
}
export const COMPLETE: Goal = {
  what: 'a result for every type',
  isReached: ({ failed }) => failed === 0,
}

/** One page of all runs of all seeds: a row per case, efficiency as bars, calls in flight over time. */
export function renderCasesPage(
  runs: CaseRun[],
  text: CasesText,
): Omit<BenchmarkPage, 'name' | 'command'> {
  const groups = [...Map.groupBy(runs, (run) => run.case.name).values()]
  const seeds = new Set(runs.map(({ seed }) => seed)).size
  return {
    title: text.title,
    method: [text.method, describeMethod(seeds)].join('\n\n'),
    rows: groups.map((own) => ({ ...buildRow(own), ...text.columns?.(own) })),
    plots: [...renderBarPlot(groups, text), renderTimelinePlot(groups, text)],
    findings: writeFindings(runs, groups, text),
  }
}

function describeMethod(seeds: number): string {
  return `${seeds} seed${seeds === 1 ? '' : 's'}; medians, with minimum and maximum in brackets. Every run is the first scan of fresh processes over a real Redis, unless stated otherwise. No scheduler can beat the *lower bound*, the maximum of three times: (bucket use - initial level) / refill + the fastest call; all latencies / slots; the slowest call. *Efficiency* is lower bound / makespan; a run with failures has none. *Ideal scheduler* is the time of the same calls, in order of arrival, with zero overhead and without knowing latencies in advance. Its excess over the lower bound cannot be avoided: idle slots at the end, unused output reservations, a slow last call. *Rejected* counts the calls that the provider rejected because of a limit, by its own log; *calls per type* counts all calls. *Headroom* is the smallest distance of a bucket from a rejection, in seconds of its refill; a negative value is a rejection.`
}

function buildRow(runs: CaseRun[]): Row {
  const efficiencies = runs.flatMap(({ efficiency }) => (efficiency === null ? [] : [efficiency]))
  const of = (figure: (run: CaseRun) => number, digits: number): string =>
    formatSpread(runs.map(figure), digits)
  // A bound on part of the work does not bound the whole, and a bound without faults does not bound runs with
  // faults.
  const isBounded = runs.every(({ failed, case: one }) => failed === 0 && !one.isDisturbed)
  const bound = (figure: (run: CaseRun) => number): string | null =>
    isBounded ? of(figure, 1) : null
  return {
    case: runs[0]?.case.name ?? '',
    'makespan, s': of(({ makespanMs }) => makespanMs / 1000, 1),
    'first call after, s': of(({ startMs }) => startMs / 1000, 2),
    'lower bound, s': bound(({ lowerBoundMs }) => lowerBoundMs / 1000),
    binding: isBounded ? [...new Set(runs.map(({ binding }) => binding))].join(', ') : null,
    'ideal scheduler, s': bound(({ idealMs }) => idealMs / 1000),
    efficiency: efficiencies.length === runs.length ? formatSpread(efficiencies, 3) : null,
    rejected: of(({ rejected }) => rejected, 0),
    'calls per type': of(({ amplification }) => amplification, 3),
    'maximum in flight': of(({ maxInFlight }) => maxInFlight, 0),
    'headroom, s': formatHeadroom(runs),
    'types without a result': of(({ failed }) => failed, 0),
  }
}

/** Null without buckets. */
function formatHeadroom(runs: CaseRun[]): string | null {
  const headrooms = runs.flatMap(({ headroomMs }) =>
    headroomMs === null ? [] : [headroomMs / 1000],
  )
  return headrooms.length === 0 ? null : formatSpread(headrooms, 2)
}

function renderBarPlot(groups: CaseRun[][], text: CasesText): BenchmarkPage['plots'] {
  const { name, title, bars: asked } = text
  if (!asked) return renderEfficiencyPlot(groups, text)
  const bars = groups.map((own) => ({
    label: own[0]?.case.name ?? '',
    parts: [computeMedian(own.map(asked.of))],
  }))
  const svg = renderBarChart({ title: asked.title, unit: asked.unit, bars })
  return [{ file: `${name}-${asked.name}.svg`, alt: `${title}: ${asked.title}`, svg }]
}

function renderEfficiencyPlot(
  groups: CaseRun[][],
  { name, title }: CasesText,
): BenchmarkPage['plots'] {
  const bars = groups.flatMap((own) => {
    const efficiencies = own.flatMap(({ efficiency }) => (efficiency === null ? [] : [efficiency]))
    if (efficiencies.length === 0) return []
    const label = own[0]?.case.name ?? ''
    return [{ label, parts: [100 * computeMedian(efficiencies)], bound: 100 * EFFICIENCY }]
  })
  if (bars.length === 0) return []
  const svg = renderBarChart({
    title: 'Lower bound / makespan',
    unit: '%',
    boundName: 'goal',
    bars,
  })
  return [{ file: `${name}-efficiency.svg`, alt: `${title}: efficiency of each case`, svg }]
}

/** Only the first seed, because a mean over seeds would blur the behavior of a controller. */
function renderTimelinePlot(groups: CaseRun[][], text: CasesText): BenchmarkPage['plots'][number] {
  const first = groups.flatMap(([run]) => (run ? [run] : []))
  const longestMs = Math.max(...first.map(({ makespanMs }) => makespanMs))
  const stepMs = Math.max(250, Math.ceil(longestMs / 200 / 50) * 50)
  const lines = first.map(({ case: one, calls, startedAtMs, makespanMs }) => ({
    name: one.name,
    values: countInFlight(calls, startedAtMs, startedAtMs + makespanMs, stepMs),
  }))
  return {
    file: `${text.name}-in-flight.svg`,
    alt: `${text.title}: calls in flight over time`,
    svg: renderTimelineChart({
      title: 'Calls in flight over time',
      unit: 'seed 1',
      stepSeconds: stepMs / 1000,
      lines,
      ...(text.band ? { band: text.band } : {}),
    }),
  }
}

function writeFindings(runs: CaseRun[], groups: CaseRun[][], text: CasesText): string {
  const loads = runs.map(({ loadBefore }) => loadBefore)
  return [
    ...text.goals.flatMap((goal) => groups.map((own) => writeVerdict(goal, own))),
    ...(text.remarks ?? []),
    `The machine's load in the minute before a run was ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}.`,
    'Latencies and token counts are simulated: the figures show the overhead of the engine, not a forecast.',
  ]
    .filter((line) => line !== '')
    .map((line) => `* ${line}`)
    .join('\n')
}

function writeVerdict({ what, of = () => true, isReached, best }: Goal, runs: CaseRun[]): string {
  const judged = runs.filter(of)
  if (judged.length === 0) return ''
  const reached = judged.filter(isReached).length
  const name = judged[0]?.case.name ?? ''
  const all = reached === judged.length
  const line = `${all ? 'Reached' : '**Not reached**'}: ${name}: ${what} (${reached} of ${judged.length} runs).`
  if (all || !best) return line
  const ideals = judged.map(best)
  const figures = formatSpread(
    ideals.map(({ figure }) => figure),
    3,
  )
  const reachable = ideals.filter((ideal) => ideal.isReached).length
  return reachable === 0
    ? `${line} No scheduler could on this work: the ideal scheduler reaches ${figures}.`
    : `${line} The ideal scheduler reaches ${figures} (${reachable} of ${judged.length} runs).`
}
