import { renderBarChart } from '../../report/bar-chart.ts'
import { computeMedian } from '../../measures/median.ts'
import { formatSpread } from '../../report/spread.ts'
import type { BenchmarkPage } from '../../report/write-page.ts'
import type { Lab, Scenario } from '../../scenario.ts'
import { runBenchScan } from '../../stack/run-bench-scan.ts'
import { startBenchStack } from '../../stack/start-bench-stack.ts'
import { runWithCrds } from '../../stack/run-with-crds.ts'

const TYPES = 66
const GOAL = 0.1
const CASES = [
  { name: 'slots stated', limits: `concurrency=${TYPES}` },
  { name: 'Start tier stated', limits: 'rpm=1000,itpm=2000000,otpm=400000' },
] as const
/** The provider is a base URL of one's own, which without stated limits starts with 4 calls in flight: no goal. */
const NOTHING_STATED = { name: 'nothing stated', limits: '' }

interface ColdRun {
  name: string
  coldMs: number
  warmMs: number
  failed: number
}

/** The cost of a first scan without learned limits and loaded libraries. */
export const coldStart66: Scenario = {
  name: 'cold-start-66',
  summary: 'the first scan of 66 types against the next one on the same processes; 40 s a seed',
  seeds: 5,
  run: (lab, seeds) =>
    runWithCrds(2 * TYPES, async (folder, names) => {
      const runs: ColdRun[] = []
      for (const seed of seeds) {
        for (const one of [...CASES, NOTHING_STATED])
          runs.push(await runOnce(lab, { ...one, seed, folder, names }))
      }
      return page(runs, seeds.length)
    }),
}

interface RunPlan {
  name: string
  limits: string
  seed: number
  folder: string
  /** The first half is scanned cold, the second half warm. */
  names: string[]
}

async function runOnce(lab: Lab, { name, limits, seed, folder, names }: RunPlan): Promise<ColdRun> {
  lab.signal.throwIfAborted()
  lab.log(`seed ${seed}, ${name} …`)
  await using stack = await startBenchStack({
    redisUrl: lab.redisUrl,
    cluster: folder,
    // All calls take the same, so that the slowest of one half does not tell them apart.
    provider: { seed, latency: { kind: 'uniform', minMs: 5_000, maxMs: 5_000 } },
    workers: 2,
    concurrency: TYPES,
    workerEnvironment: () => ({ ANTHROPIC_LIMITS: limits }),
  })
  const scan = async (include: string[]): Promise<{ ms: number; failed: number }> => {
    const { scan: ended, sentAtMs } = await runBenchScan(stack.apiUrl, { include }, lab.signal)
    const { total, succeeded } = ended.progress
    return { ms: Date.parse(ended.finishedAt ?? '') - sentAtMs, failed: (total ?? 0) - succeeded }
  }
  const cold = await scan(names.slice(0, TYPES))
  const warm = await scan(names.slice(TYPES))
  const run = { name, coldMs: cold.ms, warmMs: warm.ms, failed: cold.failed + warm.failed }
  lab.record({ ...run, seed })
  return run
}

function page(runs: ColdRun[], seeds: number): Omit<BenchmarkPage, 'name' | 'command'> {
  const groups = [...Map.groupBy(runs, ({ name }) => name)]
  return {
    title: 'The first scan of 66 types',
    method: `66 made-up types, 5 s a call, 66 slots of 2 workers. *Cold*: the first scan of freshly started processes on an empty Redis: no learned concurrency, no limits from headers, no estimates, libraries not loaded. *Warm*: the next scan on the same processes, of 66 other types, so that nothing is answered already. *Loss* is cold / warm − 1. ${seeds} seed${seeds === 1 ? '' : 's'}; medians, with minimum and maximum in brackets.`,
    rows: groups.map(([name, own]) => buildRow(name, own)),
    plots: [
      {
        file: 'cold-start-66-makespan.svg',
        alt: 'Makespan of the cold and of the warm scan',
        svg: renderBarChart({
          title: 'Makespan (median)',
          unit: 's',
          bars: groups.flatMap(([name, own]) => [
            {
              label: `${name}, cold`,
              parts: [computeMedian(own.map(({ coldMs }) => coldMs)) / 1_000],
            },
            {
              label: `${name}, warm`,
              parts: [computeMedian(own.map(({ warmMs }) => warmMs)) / 1_000],
            },
          ]),
        }),
      },
    ],
    findings: [
      ...CASES.map(({ name }) => {
        const own = runs.filter((run) => run.name === name)
        const reached = own.filter((run) => run.failed === 0 && computeLoss(run) < GOAL).length
        return `${reached === own.length ? 'Reached' : '**Not reached**'}: ${name}: a loss below ${GOAL * 100} % (${reached} of ${own.length} runs).`
      }),
      'With nothing stated, a base URL of one’s own starts with 4 calls in flight, and the number doubles in each round: five rounds for 66 types. The warm scan goes on with what the cold one has learned.',
      'A scan of one round is the worst case: whatever passes before its calls start is never made up for.',
    ]
      .map((line) => `* ${line}`)
      .join('\n'),
  }
}

function computeLoss({ coldMs, warmMs }: ColdRun): number {
  return coldMs / warmMs - 1
}

function buildRow(name: string, runs: ColdRun[]) {
  const coldSeconds = runs.map(({ coldMs }) => coldMs / 1_000)
  const warmSeconds = runs.map(({ warmMs }) => warmMs / 1_000)
  const lossPercent = runs.map((run) => 100 * computeLoss(run))
  return {
    case: name,
    'cold, s': formatSpread(coldSeconds, 2),
    'warm, s': formatSpread(warmSeconds, 2),
    'loss, %': formatSpread(lossPercent, 1),
    'types without a result': runs.reduce((sum, { failed }) => sum + failed, 0),
  }
}
