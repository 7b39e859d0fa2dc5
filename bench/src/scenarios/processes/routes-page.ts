import { computeMedian } from '../../measures/median.ts'
import { renderBarChart } from '../../report/bar-chart.ts'
import { formatSpread } from '../../report/spread.ts'
import type { Row } from '../../report/table.ts'
import type { BenchmarkPage } from '../../report/write-page.ts'
import { VARIANTS, type RouteVariant } from '../../routes/variants.ts'
import type { VariantRun } from '../../routes/run-variant.ts'

export interface RoutesRun extends VariantRun {
  seed: number
  variant: RouteVariant
  /** Load of the machine in the minute before. */
  loadBefore: number
}

const MEMORY_GOAL_MB = 50

interface Work {
  scans: number
  typesPerScan: number
}

/** The page of the scenario, from the runs of all seeds. */
export function renderRoutesPage(
  runs: RoutesRun[],
  work: Work,
): Omit<BenchmarkPage, 'name' | 'command'> {
  return {
    title: 'Many busy routes in one worker process',
    method: describeMethod(new Set(runs.map(({ seed }) => seed)).size, work),
    rows: Object.values(VARIANTS).map((variant) =>
      buildCostRow(variant, selectRuns(runs, variant)),
    ),
    moreTables: [
      {
        text: 'Event loop of the worker process: how much later than due a timer ran, of a hundred timers a second. *Opening* is while the scans are planned and the consumers of their routes opened, *running* from the release of the queues to the end.',
        rows: Object.values(VARIANTS).map((variant) =>
          buildDelayRow(variant, selectRuns(runs, variant)),
        ),
      },
    ],
    plots: [renderMemoryPlot(runs), renderDelayPlot(runs)],
    findings: writeFindings(runs),
  }
}

function describeMethod(seeds: number, { scans, typesPerScan }: Work): string {
  const { one, many, wide } = VARIANTS
  return [
    `${scans} scans of ${typesPerScan} types each run at the same time in one worker process: all on one route with ${one.slotsPerRoute} slots, each on a route of its own with ${many.slotsPerRoute} slots, and each on a route of its own with ${wide.slotsPerRoute} slots. A call takes 0.8 to 1.2 s and no provider has a limit. All queues are paused until every scan is planned and all consumers are open; time is from their release until the last scan is sealed. *Ideal* is what the same calls take in their order on the slots of their route when the engine costs nothing; the slowest route counts.`,
    `The event loop is watched inside the process by a module that Node preloads; it writes its figures when the process is asked to stop. The heap of the process is bounded as \`start\` and the compose file bound it. Every run has fresh processes; variants take turns, in the other order with every seed. ${seeds} seed${seeds === 1 ? '' : 's'}; medians, with minimum and maximum in brackets.`,
  ].join('\n\n')
}

function selectRuns(runs: RoutesRun[], variant: RouteVariant): RoutesRun[] {
  return runs.filter((run) => run.variant.name === variant.name)
}

function buildCostRow(variant: RouteVariant, runs: RoutesRun[]): Row {
  const values = (value: (run: RoutesRun) => number, digits: number): string =>
    formatSpread(runs.map(value), digits)
  return {
    variant: variant.name,
    'slots a route': variant.slotsPerRoute,
    'most calls in flight': values(({ maxInFlight }) => maxInFlight, 0),
    'time, s': values(({ tookMs }) => tookMs / 1_000, 1),
    'ideal, s': values(({ idealMs }) => idealMs / 1_000, 1),
    'peak memory, MiB': values(({ peakRssMb }) => peakRssMb, 0),
    'connections to Redis': values(({ connections }) => connections, 0),
    'processor, s': values(({ cpuMs }) => cpuMs / 1_000, 1),
  }
}

function buildDelayRow(variant: RouteVariant, runs: RoutesRun[]): Row {
  const values = (value: (run: RoutesRun) => number): string => formatSpread(runs.map(value), 1)
  return {
    variant: variant.name,
    'running: median, ms': values(({ running }) => running.p50Ms),
    'p99, ms': values(({ running }) => running.p99Ms),
    'most, ms': values(({ running }) => running.maxMs),
    'busy, %': values(({ running }) => 100 * running.busyShare),
    'opening: p99, ms': values(({ opening }) => opening.p99Ms),
    'opening: most, ms': values(({ opening }) => opening.maxMs),
  }
}

function writeFindings(runs: RoutesRun[]): string {
  const one = selectRuns(runs, VARIANTS.one)
  const many = selectRuns(runs, VARIANTS.many)
  const loads = runs.map(({ loadBefore }) => loadBefore)
  return [
    judgeMemory(one, many),
    judgeDelay('p99', { one, many, value: ({ running }) => running.p99Ms }),
    judgeDelay('longest delay', { one, many, value: ({ running }) => running.maxMs }),
    'A route costs one connection to Redis.',
    writeWideFinding(selectRuns(runs, VARIANTS.wide)),
    `The machine's load in the minute before a run was ${Math.min(...loads).toFixed(1)} to ${Math.max(...loads).toFixed(1)}, on two cores. A process that does not get a core in time has a late timer too, so the longest delay also depends on the machine.`,
  ]
    .map((line) => `* ${line}`)
    .join('\n')
}

/** Slots are per route, so more routes mean more concurrent calls. */
function writeWideFinding(runs: RoutesRun[]): string {
  const calls = formatSpread(
    runs.map(({ maxInFlight }) => maxInFlight),
    0,
  )
  const peak = formatSpread(
    runs.map(({ peakRssMb }) => peakRssMb),
    0,
  )
  return `\`CAPSTAN_CONCURRENCY\` is for each route of a process: with ${VARIANTS.wide.slotsPerRoute} slots on each of ${VARIANTS.wide.routes} routes, ${calls} calls were in flight at once and the peak was ${peak} MiB. The process then starts calls as fast as it can; its event loop is busy, and its timers run later.`
}

/** Pairs of the same seed. */
function judgeMemory(one: RoutesRun[], many: RoutesRun[]): string {
  const more = many.flatMap((run) => {
    const peer = one.find(({ seed }) => seed === run.seed)
    return peer ? [run.peakRssMb - peer.peakRssMb] : []
  })
  const isReached = more.every((mb) => mb <= MEMORY_GOAL_MB)
  return `${judge(isReached)}: 32 busy routes take at most ${MEMORY_GOAL_MB} MiB more than one with as many calls in flight: ${formatSpread(more, 0)} MiB more.`
}

/** The noise is the variation of one route over the seeds. */
function judgeDelay(
  name: string,
  { one, many, value }: Record<'one' | 'many', RoutesRun[]> & { value: (run: RoutesRun) => number },
): string {
  const [own, peers] = [many.map(value), one.map(value)]
  const isReached = computeMedian(own) <= Math.max(...peers)
  return `${judge(isReached)}: the ${name} of the event loop with 32 busy routes is within what one route shows over the seeds: ${formatSpread(own, 1)} ms against ${formatSpread(peers, 1)} ms.`
}

function judge(isReached: boolean): string {
  return isReached ? 'Reached' : '**Not reached**'
}

function renderMemoryPlot(runs: RoutesRun[]): BenchmarkPage['plots'][number] {
  return {
    file: 'routes-memory.svg',
    alt: 'Peak memory of a worker process with one and with many busy routes',
    svg: renderBarChart({
      title: 'Peak memory of the worker process (median)',
      unit: 'MiB',
      bars: Object.values(VARIANTS).map((variant) => ({
        label: variant.name,
        parts: [computeMedian(selectRuns(runs, variant).map(({ peakRssMb }) => peakRssMb))],
      })),
    }),
  }
}

function renderDelayPlot(runs: RoutesRun[]): BenchmarkPage['plots'][number] {
  const value = (variant: RouteVariant, of: (run: RoutesRun) => number): number =>
    computeMedian(selectRuns(runs, variant).map(of))
  return {
    file: 'routes-event-loop.svg',
    alt: 'Delay of the event loop of a worker process with one and with many busy routes',
    svg: renderBarChart({
      title: 'Delay of the event loop while scans run (median)',
      unit: 'ms',
      bars: Object.values(VARIANTS).flatMap((variant) => [
        { label: `${variant.name}: p99`, parts: [value(variant, ({ running }) => running.p99Ms)] },
        { label: 'most', parts: [value(variant, ({ running }) => running.maxMs)] },
      ]),
    }),
  }
}
