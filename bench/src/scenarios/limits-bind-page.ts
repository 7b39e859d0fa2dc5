import { median } from '../measures/median.ts'
import { barChart } from '../report/bar-chart.ts'
import type { Row } from '../report/table.ts'
import type { BenchmarkPage } from '../report/write-page.ts'
import type { LimitsRun } from './limits-bind.ts'

const GOAL = 0.95
const PERCENT = 100

interface Group {
  name: string
  workers: number
  runs: LimitsRun[]
  efficiencies: number[]
}

/** The page of the scenario, from all runs of all seeds. */
export function limitsBindPage(
  runs: LimitsRun[],
  seeds: number,
): Omit<BenchmarkPage, 'name' | 'command'> {
  const groups = groupsOf(runs)
  return {
    title: 'Limits that bind, kept by many workers',
    method: method(seeds),
    rows: groups.map(rowOf),
    plots: [plotOf(groups)],
    findings: findings(groups, runs),
  }
}

function groupsOf(runs: LimitsRun[]): Group[] {
  const byName = Map.groupBy(runs, (run) => `${run.case}, ${run.workers}`)
  return [...byName.values()].flatMap((own) => {
    const [first] = own
    if (!first) return []
    const efficiencies = own.flatMap(({ efficiency }) => (efficiency === null ? [] : [efficiency]))
    return [{ name: first.case, workers: first.workers, runs: own, efficiencies }]
  })
}

function method(seeds: number): string {
  return [
    `300 made-up types, 4 to 6 s a call, 120 slots shared out to 1, 4 or 8 worker processes, and a simulated provider that admits 400 requests a minute (66 at once at most) or 240,000 input tokens a minute. *Stated*: the workers are told the limit (ANTHROPIC_LIMITS). *Learned*: they are told nothing and read it from the headers of the answers. ${seeds} seed${seeds === 1 ? '' : 's'}; medians, with the least and the most in brackets. Every run is the first scan of freshly started processes.`,
    'The *lower bound* is what no scheduler can beat: what all calls take from a bucket, less what it holds at the start, over its refill, plus the fastest call; or the slots, or the slowest call. *Efficiency* is lower bound / makespan. *Turned away* counts the calls that the provider refused because of a limit, by its own decision log.',
  ].join('\n\n')
}

function rowOf({ name, workers, runs, efficiencies }: Group): Row {
  const turnedAway = runs.map((run) => run.turnedAway)
  return {
    case: name,
    workers,
    'makespan, s': spread(
      runs.map(({ makespanMs }) => makespanMs / 1000),
      1,
    ),
    'lower bound, s': median(runs.map(({ lowerBoundMs }) => lowerBoundMs / 1000)),
    binding: [...new Set(runs.map(({ binding }) => binding))].join(', '),
    efficiency: efficiencies.length > 0 ? spread(efficiencies, 2) : null,
    'turned away': spread(turnedAway, 0),
    calls: spread(
      runs.map(({ calls }) => calls),
      0,
    ),
    'complete runs': `${efficiencies.length} of ${runs.length}`,
  }
}

function spread(values: number[], digits: number): string {
  const show = (value: number): string => value.toFixed(digits)
  const [least, most] = [show(Math.min(...values)), show(Math.max(...values))]
  return least === most ? least : `${show(median(values))} (${least}–${most})`
}

function plotOf(groups: Group[]): BenchmarkPage['plots'][number] {
  return {
    file: 'limits-bind-efficiency.svg',
    alt: 'Efficiency of each case against the lower bound',
    svg: barChart({
      title: 'Lower bound / makespan (median), in percent',
      unit: '%',
      boundName: 'goal',
      bars: groups.map(({ name, workers, efficiencies }) => ({
        label: `${name}, ${workers}`,
        parts: [efficiencies.length > 0 ? PERCENT * median(efficiencies) : 0],
        bound: PERCENT * GOAL,
      })),
    }),
  }
}

function findings(groups: Group[], runs: LimitsRun[]): string {
  const stated = runs.filter((run) => run.case.endsWith('stated'))
  const turned = (some: LimitsRun[]): number => some.reduce((sum, run) => sum + run.turnedAway, 0)
  const called = (some: LimitsRun[]): number => some.reduce((sum, run) => sum + run.calls, 0)
  const learned = runs.filter((run) => !stated.includes(run))
  return [
    `With limits stated ${turned(stated)} of ${called(stated)} calls were turned away; with limits learned ${turned(learned)} of ${called(learned)}.`,
    ...groups.map(({ name, workers, efficiencies }) => {
      const reached = efficiencies.filter((value) => value >= GOAL).length
      return `${name}, ${workers} worker${workers === 1 ? '' : 's'}: efficiency of ${GOAL} reached on ${reached} of ${efficiencies.length} complete runs.`
    }),
    'Buckets refill at 0.98 of a limit, because calls may reach the provider closer together than they left: this alone is up to 2 % of the time in which a limit binds.',
  ]
    .map((line) => `* ${line}`)
    .join('\n')
}
