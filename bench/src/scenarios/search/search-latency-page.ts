import { renderBarChart } from '../../report/bar-chart.ts'
import type { Row } from '../../report/table.ts'
import type { BenchmarkPage } from '../../report/write-page.ts'
import type { SearchMode } from '@capstan/shared/contract/catalog/search-options'

/** One size of catalog; times in ms. */
export interface LatencyRun {
  rows: number
  /** From a catalog that has read nothing to its first answer. */
  firstMs: number
  /** Longest block of the event loop in the meantime. */
  stopMs: number
  /** Growth of the heap by the first answer, in MiB. */
  indexMb: number
  /** Times of each query, in order. */
  took: Record<SearchMode, SearchTiming[]>
}

/** One search. */
export interface SearchTiming {
  ms: number
  /** That this process computed in it; the rest it waited, for Redis or for its turn on the machine. */
  cpuMs: number
}

const GOAL = { rows: 5_000, p95Ms: 20 }
const MODES = ['keyword', 'semantic', 'hybrid'] as const

/** The page: times by size and mode, and the cost of the index. */
export function renderSearchLatencyPage(
  runs: LatencyRun[],
  queries: number,
): Omit<BenchmarkPage, 'name' | 'command'> {
  return {
    title: 'How long does a search take?',
    method: `${queries} of the judged queries of \`search-relevance\`, one after another, each in all modes in turning order after one round that is not timed, ten hits each, without a filter, in the default store over a real Redis and without a key for an embedding service. The rows are the known types of that benchmark in as many clusters as it takes, so every word is in many rows: harder for an index than different rows. The time is that of the catalog's answer, without HTTP; *computing* is what the process spent of it on a processor, and the rest waited for Redis or, on a busy machine, for its turn. *First answer* is that of a catalog that has read nothing: it reads all rows from Redis and indexes them. *Longest stop* is the longest time that the process did nothing else meanwhile, such as answering another request. *Index* is what the heap holds more after that answer, garbage collected before and after, the rows themselves included.`,
    rows: runs.flatMap((run) => MODES.map((mode) => buildRow(run, mode))),
    moreTables: [{ text: 'Cost of the index.', rows: runs.map(buildCostRow) }],
    plots: [renderPlot(runs)],
    findings: MODES.map((mode) => writeFinding(runs, mode)).join('\n'),
  }
}

function buildRow(run: LatencyRun, mode: (typeof MODES)[number]): Row {
  return {
    rows: run.rows,
    mode,
    'p50, ms': computePercentile(run.took[mode], 0.5).toFixed(1),
    'p95, ms': computePercentile(run.took[mode], 0.95).toFixed(1),
    'p95 of computing, ms': computePercentile(run.took[mode], 0.95, 'cpuMs').toFixed(1),
  }
}

function buildCostRow({ rows, firstMs, stopMs, indexMb }: LatencyRun): Row {
  return {
    rows,
    'first answer, ms': firstMs.toFixed(0),
    'longest stop, ms': stopMs.toFixed(0),
    'index, MiB': indexMb.toFixed(1),
  }
}

function renderPlot(runs: LatencyRun[]): BenchmarkPage['plots'][number] {
  return {
    file: 'search-latency.svg',
    alt: 'p95 of a search by mode and number of rows, with the goal',
    svg: renderBarChart({
      title: '95th percentile of a search',
      unit: 'ms',
      boundName: 'goal',
      bars: runs.flatMap(({ rows, took }) =>
        MODES.map((mode) => ({
          label: `${rows} rows, ${mode}`,
          parts: [computePercentile(took[mode], 0.95)],
          ...(rows === GOAL.rows ? { bound: GOAL.p95Ms } : {}),
        })),
      ),
    }),
  }
}

function writeFinding(runs: LatencyRun[], mode: (typeof MODES)[number]): string {
  const took = runs.find(({ rows }) => rows === GOAL.rows)?.took[mode] ?? []
  const p95 = computePercentile(took, 0.95)
  return `* Goal (p95 < ${GOAL.p95Ms} ms at ${GOAL.rows} rows), mode ${mode}: ${p95 < GOAL.p95Ms ? 'reached' : '**not reached**'} (${p95.toFixed(1)} ms).`
}

/** Nearest rank; NaN without values. */
function computePercentile(
  took: SearchTiming[],
  share: number,
  of: keyof SearchTiming = 'ms',
): number {
  const sorted = took.map((one) => one[of]).toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}
