import { PAUSES, type Pause, type BlockedScanMeasures } from '../../isolation/blocked-scan.ts'
import { KIND_PLANS, SCAN_KINDS, type ScanKind } from '../../isolation/scan-kinds.ts'
import { computeMedian } from '../../measures/median.ts'
import { computeSlowdown } from '../../measures/slowdown.ts'
import { renderBarChart } from '../../report/bar-chart.ts'
import { formatSpread } from '../../report/spread.ts'
import type { Row } from '../../report/table.ts'
import type { BenchmarkPage } from '../../report/write-page.ts'
import type { NarrowScanMeasures } from '../../isolation/compare-narrow-scan.ts'

export interface IsolationRun {
  seed: number
  scans: TimedScan[]
  blocked: BlockedScanMeasures[]
  narrow: NarrowScanMeasures
  /** Load of the machine in the minute before. */
  loadBefore: number
}

/** One measured scan. */
export interface TimedScan {
  kind: ScanKind
  /** Null: alone. */
  beside: Pause | null
  tookMs: number
}

const GOAL = 1.05

const KIND_NAMES: Record<ScanKind, string> = {
  demo: `rule-based answers, ${KIND_PLANS.demo.types} types`,
  'other model': `another model of the same provider, ${KIND_PLANS['other model'].types} types`,
  'other provider': `another provider, ${KIND_PLANS['other provider'].types} types`,
}

interface Setup {
  workers: number
  slots: number
}

/** The page of the scenario, from the runs of all seeds. */
export function renderIsolationPage(
  runs: IsolationRun[],
  setup: Setup,
): Omit<BenchmarkPage, 'name' | 'command'> {
  return {
    title: 'A scan beside a paused route',
    method: describeMethod(runs.length, setup),
    rows: listPairs().map(([kind, pause]) => timeRow(runs, kind, pause)),
    moreTables: [
      {
        text: 'The scan that waits: a row a length of its pause, over all seeds.',
        rows: PAUSES.map((pause) => buildBlockedRow(runs, pause)),
      },
      {
        text: 'A scan of 400 types, alone and beside a scan with `concurrency` 1 on the same route.',
        rows: [narrowRow(runs)],
      },
    ],
    plots: [renderPlot(runs)],
    findings: writeFindings(runs, setup),
  }
}

function listPairs(): [ScanKind, Pause][] {
  return SCAN_KINDS.flatMap((kind) => PAUSES.map((pause): [ScanKind, Pause] => [kind, pause]))
}

function describeMethod(seeds: number, { workers, slots }: Setup): string {
  return [
    `One API and ${workers} worker processes serve two providers and rule-based answers; each route has ${slots} slots of all workers together, a call takes 0.8 to 1.2 s, and no provider has a limit. A scan of 400 types by a third model is rate-limited (429) with a \`Retry-After\` of a day or of a minute, so its jobs wait in a paused queue. Scans with rule-based answers, by another model of the same provider and by another provider run in turn alone, beside a pause of a day and beside a pause of a minute, on the same processes; between them the blocked scan is canceled and its pause ended. One pause of a minute is outlasted, so its end and the rejected calls after it fall into a scan by a model. Time is from the request until the scan is sealed, plan included. All types are paid for again, and the simulator repeats its latencies, so scans of a kind do the same work.`,
    `*Slowdown* is the median time beside the paused route over the median time alone, for each seed. A seed has 10 scans with rule-based answers alone and beside each pause, and 4 by each model; beside the pause that is outlasted it has some more. ${seeds} seed${seeds === 1 ? '' : 's'}; medians, with minimum and maximum in brackets.`,
  ].join('\n\n')
}

function listTimesMs(run: IsolationRun, kind: ScanKind, beside: Pause | null): number[] {
  return run.scans
    .filter((scan) => scan.kind === kind && scan.beside === beside)
    .map(({ tookMs }) => tookMs)
}

function computeMedianSeconds(
  runs: IsolationRun[],
  kind: ScanKind,
  beside: Pause | null,
): number[] {
  return runs.map((run) => computeMedian(listTimesMs(run, kind, beside)) / 1_000)
}

function listSlowdowns(runs: IsolationRun[], kind: ScanKind, pause: Pause): number[] {
  return runs.map((run) =>
    computeSlowdown(listTimesMs(run, kind, null), listTimesMs(run, kind, pause)),
  )
}

function timeRow(runs: IsolationRun[], kind: ScanKind, pause: Pause): Row {
  return {
    scan: KIND_NAMES[kind],
    'paused beside it': `a ${pause}`,
    'alone, s': formatSpread(computeMedianSeconds(runs, kind, null), 2),
    'beside, s': formatSpread(computeMedianSeconds(runs, kind, pause), 2),
    slowdown: formatSpread(listSlowdowns(runs, kind, pause), 3),
  }
}

function buildBlockedRow(runs: IsolationRun[], pause: Pause): Row {
  const blocked = runs.flatMap((run) => run.blocked.filter((one) => one.pause === pause))
  return {
    pause: `a ${pause}`,
    scans: blocked.length,
    'jobs that wait': formatSpread(
      blocked.map(({ waiting }) => waiting),
      0,
    ),
    'pauses of a scan': formatSpread(
      blocked.map(({ bursts }) => bursts.length),
      0,
    ),
    'rejected calls before each pause': formatSpread(
      blocked.flatMap(({ bursts }) => bursts),
      0,
    ),
  }
}

function narrowSlowdowns(runs: IsolationRun[]): number[] {
  return runs.map(({ narrow }) => computeSlowdown(narrow.aloneMs, narrow.besideMs))
}

function narrowRow(runs: IsolationRun[]): Row {
  const seconds = (times: number[][]): string =>
    formatSpread(
      times.map((ms) => computeMedian(ms) / 1_000),
      2,
    )
  return {
    'alone, s': seconds(runs.map(({ narrow }) => narrow.aloneMs)),
    'beside, s': seconds(runs.map(({ narrow }) => narrow.besideMs)),
    slowdown: formatSpread(narrowSlowdowns(runs), 3),
  }
}

function writeFindings(runs: IsolationRun[], { slots }: Setup): string {
  const loads = runs.map(({ loadBefore }) => loadBefore)
  const bursts = runs.flatMap(({ blocked }) => blocked.flatMap((one) => one.bursts))
  const most = Math.max(...bursts)
  return [
    ...listPairs().map(([kind, pause]) =>
      writeVerdict(
        `${KIND_NAMES[kind]}, beside a pause of a ${pause}`,
        listSlowdowns(runs, kind, pause),
      ),
    ),
    narrowVerdict(runs, slots),
    `The provider rejects ${most} calls at most before each pause, however many jobs wait: ${most <= slots ? 'no more than' : '**more than**'} the ${slots} slots of the route.`,
    `The machine's load in the minute before a seed was ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}, on two cores. A scan with rule-based answers has no latency to wait for: its time is processor time of this machine, so that other work on it shows in full. Scans by a model mostly wait.`,
  ]
    .map((line) => `* ${line}`)
    .join('\n')
}

function writeVerdict(what: string, values: number[]): string {
  const reached = values.filter((value) => value <= GOAL).length
  const isReached = computeMedian(values) <= GOAL
  return `${isReached ? 'Reached' : '**Not reached**'}: ${what}: a slowdown of at most ${GOAL}; the median is ${computeMedian(values).toFixed(3)} (${reached} of ${values.length} seeds at or below the goal).`
}

function narrowVerdict(runs: IsolationRun[], slots: number): string {
  const share = (slots / (slots - 1)).toFixed(3)
  return `${writeVerdict('a scan beside one with `concurrency` 1 on the same route', narrowSlowdowns(runs))} One slot of ${slots} less is ${share}.`
}

function renderPlot(runs: IsolationRun[]): BenchmarkPage['plots'][number] {
  return {
    file: 'isolation-time.svg',
    alt: 'Time of each kind of scan, alone and beside a route that is paused',
    svg: renderBarChart({
      title: 'Time of a scan (median)',
      unit: 's',
      boundName: `${GOAL} of the time alone`,
      bars: SCAN_KINDS.flatMap((kind) => {
        const alone = computeMedian(computeMedianSeconds(runs, kind, null))
        return [
          { label: `${kind}, alone`, parts: [alone] },
          ...PAUSES.map((pause) => ({
            label: `${kind}, beside a ${pause}`,
            parts: [computeMedian(computeMedianSeconds(runs, kind, pause))],
            bound: GOAL * alone,
          })),
        ]
      }),
    }),
  }
}
