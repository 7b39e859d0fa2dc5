import { renderLineChart } from '../report/line-chart.ts'
import { computeMedian } from '../measures/median.ts'
import { formatSignedPercent } from '../report/signed-percent.ts'
import type { Row } from '../report/table.ts'
import type { BenchmarkPage } from '../report/write-page.ts'
import type { EtaSample } from '../measures/eta-errors.ts'

/** Shares of finished types at which the ETA is evaluated. */
export const MARKS = [0.1, 0.25, 0.5, 0.75, 0.9]

export interface EtaRun {
  case: string
  seed: number
  endMs: number
  looks: EtaSample[]
  /** Errors at each of MARKS. */
  errors: (number | null)[]
}

const GOAL = 0.15
const GOAL_AT = 0.25

/** The page of the scenario, from all runs of all seeds. */
export function renderEtaErrorPage(
  runs: EtaRun[],
  types: number,
): Omit<BenchmarkPage, 'name' | 'command'> {
  const cases = [...Map.groupBy(runs, (run) => run.case)]
  const seeds = new Set(runs.map(({ seed }) => seed)).size
  return {
    title: 'Error of the ETA',
    method: `${types} made-up types of a scan that is looked at five times a second; calls take 4.8 s at the median (lognormal, sigma 0.22). *Latency binds*: 30 slots, no limits. *Input tokens bind*: 120 slots and 400,000 input tokens a minute, stated to the workers. *Error*: (ETA - real time left) / real time left, at the first look at which that share of the types had ended; plus is too long. Every scan is the first one of freshly started processes, so nothing is known of the model's latency before. ${seeds} seed${seeds === 1 ? '' : 's'}; medians, with the lowest and the highest in brackets.`,
    rows: cases.map(([name, own]) => buildRow(name, own)),
    plots: cases.map(([name, own]) => renderPlot(name, own)),
    findings: writeFindings(cases),
  }
}

function listErrors(runs: EtaRun[], index: number): number[] {
  return runs.flatMap(({ errors }) => errors[index] ?? [])
}

function buildRow(name: string, runs: EtaRun[]): Row {
  const cells = MARKS.map((mark, index): [string, string] => {
    const errors = listErrors(runs, index)
    const shown = `${formatSignedPercent(computeMedian(errors))} (${formatSignedPercent(Math.min(...errors))} to ${formatSignedPercent(Math.max(...errors))})`
    return [`at ${100 * mark} %`, errors.length === 0 ? 'no ETA' : shown]
  })
  const seconds = computeMedian(runs.map(({ endMs }) => endMs / 1000))
  return { case: name, 'whole scan, s': seconds.toFixed(1), ...Object.fromEntries(cells) }
}

function renderPlot(name: string, runs: EtaRun[]): BenchmarkPage['plots'][number] {
  const forecasts = runs.map((run) => ({
    label: `forecast, seed ${run.seed}`,
    points: run.looks.flatMap(({ atMs, leftMs }) =>
      leftMs === null ? [] : [{ x: atMs / 1000, y: (atMs + leftMs) / 1000 }],
    ),
  }))
  const [first] = runs
  const endS = (first?.endMs ?? 0) / 1000
  const real = {
    label: `real, seed ${first?.seed ?? 0}`,
    dashed: true,
    points: [
      { x: 0, y: endS },
      { x: endS, y: endS },
    ],
  }
  return {
    file: `eta-error-${name.replaceAll(' ', '-')}.svg`,
    alt: `Forecast and real end over time where ${name}`,
    svg: renderLineChart({
      title: `Forecast end over time: ${name}`,
      xName: 'seconds since the request',
      yName: 'forecast end, s',
      lines: [real, ...forecasts],
    }),
  }
}

function writeFindings(cases: [string, EtaRun[]][]): string {
  const index = MARKS.indexOf(GOAL_AT)
  return [
    ...cases.map(([name, runs]) => {
      const errors = listErrors(runs, index).map(Math.abs)
      const reached = errors.filter((error) => error <= GOAL).length
      return `* Where ${name}, the error at ${100 * GOAL_AT} % done is within ${100 * GOAL} % on ${reached} of ${runs.length} seeds; the worst is ${formatSignedPercent(Math.max(...errors))}.`
    }),
    '* Towards the end little time is left, so that the same seconds are more percent: one slow call moves the end unpredictably.',
    '* Before the first answer there is no ETA.',
  ].join('\n')
}
