import { UnrecoverableError } from 'bullmq'
import { InferJob, type InferResult } from '@capstan/shared/contract/scan/infer-job'
import type { AttemptControls } from '../analyze/attempt.ts'
import { countJobStart } from '../analyze/job-start-count.ts'
import { openCallPhase } from '../analyze/call-phase.ts'
import type { AbortName, Disposition } from '../analyze/disposition.ts'
import { openJobLog } from '../analyze/job-log.ts'
import { applyDisposition } from './apply-disposition.ts'
import type {
  ConsumerState,
  InferBullJob,
  RouteConsumerDeps,
  RunningJob,
} from './route-consumer.ts'

/** Runs one attempt of a fetched job, and applies its disposition to the job. */
export async function runJob(
  deps: RouteConsumerDeps,
  state: ConsumerState,
  job: InferBullJob,
  token: string | undefined,
): Promise<InferResult | null> {
  const { queue, running } = state
  const count = countJobStart((ageMs) => refundJobStart(deps, state, ageMs))
  const parsed = InferJob.safeParse(job.data)
  if (!parsed.success) {
    deps.log.error({ jobId: job.id }, 'a job has an unreadable payload; it fails')
    count.end()
    throw new UnrecoverableError(
      'The payload of the job is unreadable: another version or another program wrote it',
    )
  }
  // Not the signal of BullMQ, because stop, cancel and a lost lock abort with a reason. AbortSignal.any() would combine
  // both, but is slow for short jobs.
  const abort = new AbortController()
  const phase = openCallPhase((name) => abort.abort(name))
  const log = openJobLog(`[${job.attemptsStarted}]`)
  const run = { scanId: parsed.data.scanId, abort, phase, log, job, isLost: false }
  // BullMQ may deliver a job after the stop that it fetched before.
  if (state.isStopping) stopRun(run)
  running.add(run)
  noteActivity(state)
  state.clock.advance(job.priority)
  try {
    const disposition = await analyzeSafely(deps, {
      job: parsed.data,
      signal: abort.signal,
      phase,
      count,
      log,
    })
    const next: Disposition = run.isLost ? { next: 'abandon' } : disposition
    writeLog(state, run, next)
    return await applyDisposition(job, token, next, {
      pauseRoute: (pause) => deps.pauseRoute(queue.name, pause),
      pauseFetching: state.pauseFetching,
    })
  } finally {
    count.end()
    running.delete(run)
    noteActivity(state)
  }
}

/** Aborts an attempt because the worker stops. */
export function stopRun({ abort }: RunningJob): void {
  abort.abort('stopping' satisfies AbortName)
}

/** Awaited only at a stop: nothing else depends on it. */
function refundJobStart(
  deps: RouteConsumerDeps,
  { queue, refunds }: ConsumerState,
  ageMs: number,
): void {
  const done = deps.refundJobStart(queue.name, ageMs)
  refunds.add(done)
  void done.finally(() => refunds.delete(done))
}

function noteActivity(state: ConsumerState): void {
  state.lastActivityAt = performance.now()
}

/** BullMQ stores the error text with the job and Bull Board shows it, so it must be a sentence of our own. */
async function analyzeSafely(deps: RouteConsumerDeps, run: AttemptControls): Promise<Disposition> {
  try {
    return await deps.analyze(run)
  } catch (error) {
    const { scanId, resource } = run.job
    deps.log.error({ err: error, scanId, resource }, 'could not record an attempt')
    throw new Error('The attempt could not be recorded; see the log of the worker')
  }
}

/** Not awaited: a late or lost log must not hold a slot. */
function writeLog({ logs }: ConsumerState, { job, log }: RunningJob, { next }: Disposition): void {
  if (next !== 'remove' && next !== 'abandon') logs.append(job.id ?? '', log.take())
}
