import { renderBarChart } from '../../report/bar-chart.ts'
import type { Row } from '../../report/table.ts'
import type { BenchmarkPage } from '../../report/write-page.ts'
import {
  describeVariant,
  type ComparedRun,
  type ConcurrencyVariant,
} from './compare-with-sequential.ts'
import { summarize, type VariantSummary } from './summarize.ts'

/** Goals for the speed-up by concurrency. */
const GOALS: Readonly<Record<number, number>> = { 10: 9, 66: 20 }

function getGoal(variant: ConcurrencyVariant): number | undefined {
  return variant ? GOALS[variant.concurrency] : undefined
}

/** In the order of `inSeconds`. */
const PART_NAMES = ['before the first call', 'asking', 'gaps', 'tail', 'after the last answer']

function inSeconds(parts: VariantSummary['parts']): number[] {
  const { startMs, askingMs, gapsMs, tailMs, endMs } = parts
  return [startMs, askingMs, gapsMs, tailMs, endMs].map((ms) => ms / 1000)
}

/** The page of the scenario, from all runs of all seeds. */
export function renderSequential66Page(
  runs: ComparedRun[],
  seeds: number,
): Omit<BenchmarkPage, 'name' | 'command'> {
  const summaries = summarize(runs)
  const fast = summaries.filter(({ variant }) => (variant?.concurrency ?? 1) > 1)
  return {
    title: 'One after another, or many at once',
    method: describeMethod(runs, seeds),
    rows: summaries.map(buildMainRow),
    moreTables: [{ text: PARTS_TEXT, rows: summaries.map(buildPartsRow) }],
    plots: [renderSpeedUpPlot(summaries), renderPartsPlot(fast)],
    findings: writeFindings(summaries, runs),
  }
}

function describeMethod(runs: ComparedRun[], seeds: number): string {
  const types = [...new Set(runs.map((run) => run.types))].join(' or ')
  const loops = runs.filter(({ variant }) => !variant).length
  return [
    `The system that Capstan replaces works through the types of a cluster in a loop: read a definition, ask the model, wait 4 to 6 seconds, take the next one. Here that loop and Capstan analyse the same ${types} types of the demo cluster with the same question, through the same SDK, against the same simulated provider, in real time. The provider has no limits here and makes no faults; what limits do is asked elsewhere.`,
    `How long a call takes (4 to 6 s, uniform) depends on the seed and the type alone, so all variants of a seed get the same work. Each variant ran once for each of ${seeds} seed${seeds === 1 ? '' : 's'}, the loop too (${loops} run${loops === 1 ? '' : 's'}); the table shows medians, with minimum and maximum in brackets. Runs with one call at a time went side by side, all others one by one. Every Capstan run is the first scan of freshly started processes: one API, the workers, a real Redis with an append-only file.`,
    'The *lower bound* is what no scheduler can beat: all latencies together divided by the slots, or the slowest call. *Efficiency* is lower bound / makespan, and a run with a failed type has none. *First come, first served* is the same work on the same slots by an engine that costs nothing: what is between it and the lower bound is not the engine’s, but comes from whole calls that do not fill the last wave. *Makespan* is from just before the request until the scan is sealed.',
  ].join('\n\n')
}

function buildMainRow(summary: VariantSummary): Row {
  const { variant, makespanMs, speedUp, calls } = summary
  return {
    variant: describeVariant(variant),
    'makespan, s': `${formatSeconds(makespanMs.median)} (${formatSeconds(makespanMs.least)}–${formatSeconds(makespanMs.most)})`,
    'lower bound, s': formatSeconds(summary.lowerBoundMs),
    binding: summary.binding,
    'first come first served, s': formatSeconds(summary.fifoMs),
    efficiency: summary.efficiency,
    'speed-up': speedUp
      ? `${speedUp.median.toFixed(1)} (${speedUp.least.toFixed(1)}–${speedUp.most.toFixed(1)})`
      : null,
    'maximum in flight': summary.maxInFlight,
    calls: calls.least === calls.most ? calls.most : `${calls.least}–${calls.most}`,
    'complete runs': `${summary.complete} of ${summary.runs}`,
  }
}

const PARTS_TEXT =
  'Where the time goes, in seconds of makespan. *Gaps* and *tail* are averages over the slots: a slot without a call while types are left, and after the last one was taken. Medians of each part, so their sum, also beside the bars, can differ from the median makespan.'

function buildPartsRow({ variant, parts }: VariantSummary): Row {
  const shown = inSeconds(parts).map((value) => value.toFixed(2))
  const cells = PART_NAMES.map((name, index) => [name, shown[index] ?? null] as const)
  return { variant: describeVariant(variant), ...Object.fromEntries(cells) }
}

function renderSpeedUpPlot(summaries: VariantSummary[]): BenchmarkPage['plots'][number] {
  return {
    file: 'sequential-66-speed-up.svg',
    alt: 'Speed-up of each variant against the sequential loop',
    svg: renderBarChart({
      title: 'Times as fast as the sequential loop (median)',
      unit: '×',
      boundName: 'goal',
      bars: summaries.flatMap(({ variant, speedUp }) => {
        if (!speedUp) return []
        const bound = getGoal(variant)
        const bar = { label: describeVariant(variant), parts: [speedUp.median] }
        return bound === undefined ? bar : { ...bar, bound }
      }),
    }),
  }
}

function renderPartsPlot(summaries: VariantSummary[]): BenchmarkPage['plots'][number] {
  return {
    file: 'sequential-66-makespan.svg',
    alt: 'Makespan of each variant by what it is spent on, with the lower bound',
    svg: renderBarChart({
      title: 'Where the makespan goes (medians)',
      unit: 's',
      boundName: 'lower bound',
      partNames: PART_NAMES,
      bars: summaries.map(({ variant, parts, lowerBoundMs }) => ({
        label: describeVariant(variant),
        parts: inSeconds(parts),
        bound: lowerBoundMs / 1000,
      })),
    }),
  }
}

function writeFindings(summaries: VariantSummary[], runs: ComparedRun[]): string {
  const lines = summaries.flatMap((summary) => writeGoalLine(summary) ?? [])
  const capstan = summaries.filter(({ variant }) => variant)
  const repeated = runs.filter((run) => run.calls !== run.types).length
  const failed = runs.filter((run) => run.failed > 0).length
  const loads = runs.map(({ loadBefore }) => loadBefore)
  const starts = capstan.map(({ parts }) => parts.startMs / 1000)
  return [
    ...lines,
    `* Calls equal types in ${runs.length - repeated} of ${runs.length} runs; ${failed} runs had failed types.`,
    `* The first call leaves ${Math.min(...starts).toFixed(1)} to ${Math.max(...starts).toFixed(1)} s after the request (medians): discovery, definitions, plan and the first jobs, on processes that have just started. Part of it is loading the Kubernetes client library when a cluster is first looked at, which the loop pays for as well. Nothing is asked in that time, and the more calls run at once, the more it weighs.`,
    describeWorst(capstan),
    '* Where there is a slot for each type, the slowest call is the bound, and faster ones wait for it in the tail: more slots than types cannot help.',
    `* The machine's load in the minute before a run was ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}; what else runs on it makes starts slower.`,
    '* Latencies are made up (uniform, no outliers, no limits): a real provider has all three, so take these as what the engine adds, not as a forecast.',
  ].join('\n')
}

function writeGoalLine({ variant, speedUp }: VariantSummary): string | undefined {
  const goal = getGoal(variant)
  if (goal === undefined) return undefined
  const name = describeVariant(variant)
  if (!speedUp) return `* **Not reached:** ${name} has no speed-up, since runs had failures.`
  const reached =
    speedUp.least >= goal
      ? 'reached on every seed'
      : speedUp.median >= goal
        ? 'reached by the median, **not on every seed**'
        : '**not reached**'
  return `* Goal at ${name}: ${goal}×, ${reached} (${speedUp.least.toFixed(2)} to ${speedUp.most.toFixed(2)}).`
}

function describeWorst(capstan: VariantSummary[]): string {
  const complete = capstan.filter(({ efficiency }) => efficiency !== null)
  const last = complete.toSorted((a, b) => (a.efficiency ?? 0) - (b.efficiency ?? 0))[0]
  if (!last) return '* No variant was complete, so there is no efficiency at all.'
  const { parts, fifoMs, lowerBoundMs, makespanMs } = last
  return [
    `* The least efficient variant is ${describeVariant(last.variant)} at ${last.efficiency?.toFixed(2)}.`,
    `Its time above the lower bound is ${formatSeconds(makespanMs.median - lowerBoundMs)} s: ${formatSeconds(fifoMs - lowerBoundMs)} s are in the work itself (whole calls in the last wave), ${formatSeconds(parts.startMs)} s pass before the first call and ${formatSeconds(parts.endMs)} s after the last answer; the rest is the engine between calls.`,
  ].join(' ')
}

function formatSeconds(ms: number): string {
  return (ms / 1000).toFixed(1)
}
