import type { LoadPlan } from '../engine/load-plan.ts'
import { median } from '../measures/median.ts'
import { barChart } from '../report/bar-chart.ts'
import { spread } from '../report/spread.ts'
import type { Row } from '../report/table.ts'
import type { BenchmarkPage } from '../report/write-page.ts'
import type { OverheadRun } from './overhead-10000.ts'

const GOAL = 0.6
const AIM = 0.8

/** The page of the scenario, from all runs of all rounds. */
export function overheadPage(
  runs: OverheadRun[],
  plan: Pick<LoadPlan, 'types' | 'workers' | 'concurrency'> & { rounds: number },
): Omit<BenchmarkPage, 'name' | 'command'> {
  const bare = runs.filter(({ variant }) => variant === 'bare BullMQ')
  const own = runs.filter(({ variant }) => variant === 'Capstan')
  return {
    title: 'What the engine costs beside its queue',
    method: method(plan),
    rows: [rowOf(bare), rowOf(own)],
    plots: [plotOf(bare, own)],
    findings: findings(bare, own),
  }
}

function method({
  types,
  workers,
  concurrency,
  rounds,
}: Pick<LoadPlan, 'types' | 'workers' | 'concurrency'> & { rounds: number }): string {
  return [
    `${types} jobs, ${concurrency} at a time in ${workers} worker process${workers === 1 ? '' : 'es'}. *Bare BullMQ*: a worker whose processor does nothing, on a queue with our options (priority, ids, payload, retries, what is kept of finished jobs) and worker settings. *Capstan*: a scan with the rules of the \`demo\` provider. They answer in the worker itself, without HTTP and in no time, because the no-op makes no HTTP call either; what the rules take of the processor counts as Capstan's. Everything else is done as for a model: claim, lease, question, check of the answer, result cache, catalog, record, events, metrics. Limits are not: the demo provider has none.`,
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

function plotOf(bare: OverheadRun[], own: OverheadRun[]): BenchmarkPage['plots'][number] {
  const rate = median(bare.map(perSecond))
  return {
    file: 'overhead-10000-rate.svg',
    alt: 'Jobs a second of bare BullMQ and of Capstan',
    svg: barChart({
      title: 'Jobs a second (median)',
      unit: '',
      boundName: `${GOAL} of bare BullMQ`,
      bars: [
        { label: 'bare BullMQ, no-op', parts: [rate] },
        { label: 'Capstan, demo rules', parts: [median(own.map(perSecond))], bound: GOAL * rate },
      ],
    }),
  }
}

function findings(bare: OverheadRun[], own: OverheadRun[]): string {
  const ratios = own.flatMap((run) => {
    const peer = bare.find(({ round }) => round === run.round)
    return peer ? [perSecond(run) / perSecond(peer)] : []
  })
  const reached = ratios.filter((ratio) => ratio >= GOAL).length
  const cost = (runs: OverheadRun[]): number =>
    median(runs.map(({ usage, types }) => (1000 * (usage.workerCpuMs + usage.redisCpuMs)) / types))
  return [
    `* Capstan runs **${spread(ratios, 2)}** of the jobs that bare BullMQ runs in the same time, round by round. The goal of ${GOAL} is ${reached === ratios.length ? 'reached in every round' : reached === 0 ? '**not reached**' : `reached in ${reached} of ${ratios.length} rounds`}; ${ratios.filter((ratio) => ratio >= AIM).length} of ${ratios.length} reach ${AIM}.`,
    `* Beyond the bare queue a type costs ${((cost(own) - cost(bare)) / 1000).toFixed(2)} ms of processor, in worker and Redis together. Beside a model call of 4 to 6 s that is nothing; it is what bounds a fleet of workers on one Redis, and scans that find their answers stored.`,
    '* The processor columns hold whatever a process does between the two looks: of the bare worker that includes its start, of ours it does not. The ratio rests on times alone.',
  ].join('\n')
}

function perSecond({ types, tookMs }: OverheadRun): number {
  return (1000 * types) / tookMs
}
