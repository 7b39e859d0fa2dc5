import { countInFlight } from '../measures/in-flight.ts'
import { computeMedian } from '../measures/median.ts'
import { renderBarChart } from '../report/bar-chart.ts'
import { renderTimelineChart, type TimelineChart } from '../report/timeline-chart.ts'
import { formatSpread } from '../report/spread.ts'
import type { Row } from '../report/table.ts'
import type { BenchmarkPage } from '../report/write-page.ts'
import type { CaseRun } from './bench-case.ts'

export interface CasesText {
  /** Scenario name, which the files of the plots begin with. */
  name: string
  title: string
  /** What is played; the words on bound and figures are the same for all and follow it. */
  method: string
  /** What the runs have to reach, told as reached or not. */
  goals: Goal[]
  /** More columns of a case. */
  columns?: (runs: CaseRun[]) => Row
  /** More that the runs say. */
  remarks?: string[]
  /** Drawn in place of the efficiency, where that is not what is asked. `name` ends the name of its file. */
  bars?: { name: string; title: string; unit: string; of: (run: CaseRun) => number }
  /** Shaded in the timeline: simulated seconds from the start of the provider are not known here, so of the run. */
  band?: TimelineChart['band']
}

export interface Goal {
  /** As in `efficiency of at least 0.95`. */
  what: string
  /** Which cases it is for. Default: all. */
  of?: (run: CaseRun) => boolean
  isReached: (run: CaseRun) => boolean
  /** Whether a free engine would have reached it, and what it comes to; without it, nothing speaks against. */
  best?: (run: CaseRun) => { isReached: boolean; figure: number }
}

const EFFICIENCY = 0.95
export const EFFICIENT: Goal = {
  what: `efficiency of at least ${EFFICIENCY}`,
  isReached: ({ efficiency }) => (efficiency ?? 0) >= EFFICIENCY,
  best: ({ lowerBoundMs, freeMs }) => {
    const figure = lowerBoundMs / freeMs
    return { isReached: figure >= EFFICIENCY, figure }
  },
}
const NEAR_FREE_SHARE = 0.95
export const NEAR_IDEAL: Goal = {
  what: `no more than a free engine's time / ${NEAR_FREE_SHARE}`,
  isReached: ({ freeMs, makespanMs, failed }) =>
    failed === 0 && freeMs / makespanMs >= NEAR_FREE_SHARE,
}
export const NONE_REJECTED: Goal = {
  what: 'no call turned away because of a limit',
  isReached: ({ turnedAway }) => turnedAway === 0,
}
export const NOT_AMPLIFIED: Goal = {
  what: 'at most 1.03 calls a type',
  isReached: ({ amplification }) => amplification <= 1.03,
}
export const COMPLETE: Goal = {
  what: 'a result for every type',
  isReached: ({ failed }) => failed === 0,
}

/** One page from all runs of all seeds: a row a case, efficiency as bars, calls in flight over time. */
export function renderCasesPage(
  runs: CaseRun[],
  text: CasesText,
): Omit<BenchmarkPage, 'name' | 'command'> {
  const groups = [...Map.groupBy(runs, (run) => run.case.name).values()]
  const seeds = new Set(runs.map(({ seed }) => seed)).size
  return {
    title: text.title,
    method: [text.method, howMeasured(seeds)].join('\n\n'),
    rows: groups.map((own) => ({ ...rowOf(own), ...text.columns?.(own) })),
    plots: [...barPlot(groups, text), timelinePlot(groups, text)],
    findings: findings(runs, groups, text),
  }
}

function howMeasured(seeds: number): string {
  return `${seeds} seed${seeds === 1 ? '' : 's'}; medians, with the least and the most in brackets. Every run is the first scan of freshly started processes over a real Redis, unless the case says otherwise. The *lower bound* is what no scheduler can beat: what the calls use of a bucket, less what it holds at the start, over its refill, plus the fastest call; or all latencies over the slots; or the slowest call. *Efficiency* is lower bound / makespan; a run with failures has none. *Free engine* is what the same calls would take, in the order in which they came, by an engine that costs nothing and knows no latency beforehand: what it is above the lower bound (slots that run empty at the end, output reserved at the door and not written, a last call that is not the fastest) nobody can save. *Turned away* counts the calls that the provider refused because of a limit, by its own log; *calls a type* counts all of them. *Least margin* is how near the fullest bucket came to a refusal, in seconds of its refill; below zero is a refusal.`
}

function rowOf(runs: CaseRun[]): Row {
  const efficiencies = runs.flatMap(({ efficiency }) => (efficiency === null ? [] : [efficiency]))
  const of = (figure: (run: CaseRun) => number, digits: number): string =>
    formatSpread(runs.map(figure), digits)
  // A bound of a part of the work says nothing about the whole, and one that knows no fault nothing about faults.
  const isBounded = runs.every(({ failed, case: one }) => failed === 0 && !one.disturbed)
  const bound = (figure: (run: CaseRun) => number): string | null =>
    isBounded ? of(figure, 1) : null
  return {
    case: runs[0]?.case.name ?? '',
    'makespan, s': of(({ makespanMs }) => makespanMs / 1000, 1),
    'first call after, s': of(({ startMs }) => startMs / 1000, 2),
    'lower bound, s': bound(({ lowerBoundMs }) => lowerBoundMs / 1000),
    binding: isBounded ? [...new Set(runs.map(({ binding }) => binding))].join(', ') : null,
    'free engine, s': bound(({ freeMs }) => freeMs / 1000),
    efficiency: efficiencies.length === runs.length ? formatSpread(efficiencies, 3) : null,
    'turned away': of(({ turnedAway }) => turnedAway, 0),
    'calls a type': of(({ amplification }) => amplification, 3),
    'most in flight': of(({ maxInFlight }) => maxInFlight, 0),
    'least margin, s': marginOf(runs),
    'types without a result': of(({ failed }) => failed, 0),
  }
}

/** Null where no bucket was in play. */
function marginOf(runs: CaseRun[]): string | null {
  const margins = runs.flatMap(({ marginMs }) => (marginMs === null ? [] : [marginMs / 1000]))
  return margins.length === 0 ? null : formatSpread(margins, 2)
}

function barPlot(groups: CaseRun[][], text: CasesText): BenchmarkPage['plots'] {
  const { name, title, bars: asked } = text
  if (!asked) return efficiencyPlot(groups, text)
  const bars = groups.map((own) => ({
    label: own[0]?.case.name ?? '',
    parts: [computeMedian(own.map(asked.of))],
  }))
  const svg = renderBarChart({ title: asked.title, unit: asked.unit, bars })
  return [{ file: `${name}-${asked.name}.svg`, alt: `${title}: ${asked.title}`, svg }]
}

function efficiencyPlot(groups: CaseRun[][], { name, title }: CasesText): BenchmarkPage['plots'] {
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

/** Of the first seed: a mean over seeds would blur what a controller does. */
function timelinePlot(groups: CaseRun[][], text: CasesText): BenchmarkPage['plots'][number] {
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

function findings(runs: CaseRun[], groups: CaseRun[][], text: CasesText): string {
  const loads = runs.map(({ loadBefore }) => loadBefore)
  return [
    ...text.goals.flatMap((goal) => groups.map((own) => verdict(goal, own))),
    ...(text.remarks ?? []),
    `The machine's load in the minute before a run was ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}.`,
    'Latencies and token counts are made up: take the figures as what the engine adds, not as a forecast.',
  ]
    .filter((line) => line !== '')
    .map((line) => `* ${line}`)
    .join('\n')
}

function verdict({ what, of = () => true, isReached, best }: Goal, runs: CaseRun[]): string {
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
    ? `${line} No engine could on this work: a free one comes to ${figures}.`
    : `${line} A free engine comes to ${figures} (${reachable} of ${judged.length} runs).`
}
