import { computeMedian } from '../../measures/median.ts'
import type { RunMeasures } from '../../measures/measure-run.ts'
import {
  describeVariant,
  type ComparedRun,
  type ConcurrencyVariant,
} from './compare-with-sequential.ts'

/** Medians over the seeds of one variant. */
export interface VariantSummary {
  variant: ConcurrencyVariant
  /** Number of runs with a result for every type. */
  complete: number
  runs: number
  makespanMs: { median: number; least: number; most: number }
  lowerBoundMs: number
  fifoMs: number
  binding: string
  /** Null when any run had failures. */
  efficiency: number | null
  /** Relative to the sequential baseline of the same seed; null when any run of either had failures. */
  speedUp: { median: number; least: number; most: number } | null
  /** Maximum and minimum of all runs, so that outliers show. */
  maxInFlight: number
  calls: { least: number; most: number }
  parts: RunMeasures['parts']
}

/** One summary per variant, in order of their first run; the sequential baseline first. */
export function summarize(runs: ComparedRun[]): VariantSummary[] {
  const byName = Map.groupBy(runs, ({ variant }) => describeVariant(variant))
  const loops = new Map(runs.filter(({ variant }) => !variant).map((run) => [run.seed, run]))
  return [...byName.values()].map((same) => summarizeVariant(same, loops))
}

function summarizeVariant(
  runs: ComparedRun[],
  loops: ReadonlyMap<number, ComparedRun>,
): VariantSummary {
  const of = (value: (run: ComparedRun) => number): number => computeMedian(runs.map(value))
  const efficiencies = runs.flatMap(({ efficiency }) => (efficiency === null ? [] : [efficiency]))
  const speedUps = runs.flatMap((run) => computeSpeedUp(run, loops.get(run.seed)) ?? [])
  return {
    variant: runs[0]?.variant ?? null,
    complete: efficiencies.length,
    runs: runs.length,
    makespanMs: spread(runs.map(({ makespanMs }) => makespanMs)),
    lowerBoundMs: of((run) => run.lowerBoundMs),
    fifoMs: of((run) => run.fifoMs),
    binding: [...new Set(runs.map(({ binding }) => binding))].join(', '),
    efficiency: efficiencies.length === runs.length ? computeMedian(efficiencies) : null,
    speedUp: speedUps.length === runs.length ? spread(speedUps) : null,
    maxInFlight: Math.max(...runs.map(({ maxInFlight }) => maxInFlight)),
    calls: spreadOf(runs.map(({ calls }) => calls)),
    parts: {
      startMs: of(({ parts }) => parts.startMs),
      askingMs: of(({ parts }) => parts.askingMs),
      gapsMs: of(({ parts }) => parts.gapsMs),
      tailMs: of(({ parts }) => parts.tailMs),
      endMs: of(({ parts }) => parts.endMs),
    },
  }
}

function computeSpeedUp(run: ComparedRun, loop: ComparedRun | undefined): number | undefined {
  if (!loop || loop.efficiency === null || run.efficiency === null) return undefined
  return loop.makespanMs / run.makespanMs
}

function spread(values: number[]) {
  return { median: computeMedian(values), ...spreadOf(values) }
}

function spreadOf(values: number[]) {
  return { least: Math.min(...values), most: Math.max(...values) }
}
