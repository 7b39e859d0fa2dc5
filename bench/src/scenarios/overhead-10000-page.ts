import type { LoadPlan } from '../engine/load-plan.ts'
import { median } from '../measures/median.ts'
import { barChart } from '../report/bar-chart.ts'
import { spread } from '../report/spread.ts'
import type { Row } from '../report/table.ts'
import type { BenchmarkPage } from '../report/write-page.ts'
import type { OverheadRun } from './overhead-10000.ts'

const GOAL = 0.6
const AIM = 0.8

type Plan = Pick<LoadPlan, 'types' | 'workers'> & { rounds: number }

/** Both variants at one concurrency. */
interface Pair {
  concurrency: number
  bare: OverheadRun[]
  own: OverheadRun[]
}

/** The page of the scenario, from all runs of all rounds. */
export function overheadPage(
  runs: OverheadRun[],
  plan: Plan,
): Omit<BenchmarkPage, 'name' | 'command'> {
  const pairs = [...Map.groupBy(runs, (run) => run.concurrency)].map(
    ([concurrency, all]): Pair => ({
      concurrency,
      bare: all.filter(({ variant }) => variant === 'bare BullMQ'),
      own: all.filter(({ variant }) => variant === 'Capstan'),
    }),
  )
  return {
    title: 'What the engine costs beside its queue',
    method: method(plan),
    rows: pairs.flatMap(({ bare, own }) => [rowOf(bare), rowOf(own)]),
    plots: [plotOf(pairs)],
    findings: [
      ...pairs.flatMap(findings),
      '* The ratio rests on times alone. The processor columns hold what a process does between two looks: after it has loaded its code, which for Capstan misses the first moments.',
    ].join('\n'),
  }
}

function method({ types, workers, rounds }: Plan): string {
  return [
    `${types} jobs in ${workers} worker process${workers === 1 ? '' : 'es'}. *Bare BullMQ*: a worker whose processor does nothing, on a queue with our options (priority, ids, payload, retries, what is kept of finished jobs) and worker settings. *Capstan*: a scan with the rules of the \`demo\` provider. They answer in the worker itself, without HTTP and in no time, because the no-op makes no HTTP call either; what the rules take of the processor counts as Capstan's. Everything else is done as for a model: claim, lease, question, check of the answer, result cache, catalog, record, events, metrics. Limits are not: the demo provider has none.`,
    `Both queues are full before a worker starts; the time is from the first job's start until the last one's end, for Capstan until the scan is sealed. Both run in turn over the same Redis (append-only file on), ${rounds} round${rounds === 1 ? '' : 's'}, each with fresh processes and the order swapped every time. Medians, with the least and the most in brackets. Nobody follows the scan. The API process runs beside it.`,
  ].join('\n\n')
}

function rowOf(runs: OverheadRun[]): Row {
  const perJob = (value: (run: OverheadRun) => number, digits: number): string =>
    spread(
      runs.map((run) => value(run) / run.types),
      digits,
    )
  return {
    variant: runs[0]?.variant ?? null,
    'at a time': runs[0]?.concurrency ?? null,
    'jobs a second': spread(runs.map(perSecond), 0),
    'worker, µs of processor a job': perJob(({ usage }) => 1000 * usage.workerCpuMs, 0),
    'Redis, µs of processor a job': perJob(({ usage }) => 1000 * usage.redisCpuMs, 0),
    'Redis commands a job, those of scripts included': perJob(
      ({ usage }) => usage.redisCommands,
      1,
    ),
    'failed types': Math.max(...runs.map(({ failed }) => failed)),
  }
}

function plotOf(pairs: Pair[]): BenchmarkPage['plots'][number] {
  return {
    file: 'overhead-10000-rate.svg',
    alt: 'Jobs a second of bare BullMQ and of Capstan',
    svg: barChart({
      title: 'Jobs a second (median)',
      unit: '',
      boundName: `${GOAL} of bare BullMQ`,
      bars: pairs.flatMap(({ concurrency, bare, own }) => {
        const rate = median(bare.map(perSecond))
        return [
          { label: `bare BullMQ, ${concurrency} at a time`, parts: [rate] },
          {
            label: `Capstan, ${concurrency} at a time`,
            parts: [median(own.map(perSecond))],
            bound: GOAL * rate,
          },
        ]
      }),
    }),
  }
}

function findings({ concurrency, bare, own }: Pair): string[] {
  const ratios = own.flatMap((run) => {
    const peer = bare.find(({ round }) => round === run.round)
    return peer ? [perSecond(run) / perSecond(peer)] : []
  })
  const reached = ratios.filter((ratio) => ratio >= GOAL).length
  const cost = (runs: OverheadRun[]): number =>
    median(runs.map(({ usage, types }) => (1000 * (usage.workerCpuMs + usage.redisCpuMs)) / types))
  return [
    `* At ${concurrency} at a time Capstan runs **${spread(ratios, 2)}** of the jobs that bare BullMQ runs in the same time, round by round. The goal of ${GOAL} is ${reached === ratios.length ? 'reached in every round' : reached === 0 ? '**not reached**' : `reached in ${reached} of ${ratios.length} rounds`}; ${ratios.filter((ratio) => ratio >= AIM).length} of ${ratios.length} reach ${AIM}.`,
    `* At ${concurrency} at a time a type costs ${((cost(own) - cost(bare)) / 1000).toFixed(2)} ms of processor beyond the bare queue, in worker and Redis together. Beside a model call of 4 to 6 s that is nothing; it is what bounds a fleet of workers on one Redis, and scans that find their answers stored.`,
  ]
}

function perSecond({ types, tookMs }: OverheadRun): number {
  return (1000 * types) / tookMs
}
