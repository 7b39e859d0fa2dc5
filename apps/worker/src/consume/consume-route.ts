import { UnrecoverableError, Worker, type Job } from 'bullmq'
import type { Redis } from 'ioredis'
import { InferJob, type InferResult } from '@capstan/shared/contract/scan/infer-job'
import type { Log } from '@capstan/shared/log'
import type { InferQueue } from '@capstan/scan-store/queue/infer-queue'
import { openJobLogs, type JobLogs } from '@capstan/scan-store/queue/job-logs'
import { openVirtualClock, type VirtualClock } from '@capstan/scan-store/queue/virtual-time'
import { buildWorkerSettings, type WorkerTimings } from '@capstan/scan-store/queue/worker-settings'
import type { RedisKeys } from '@capstan/redis/keys'
import { withTimeout } from '@capstan/shared/async/with-timeout'
import { calmErrors } from './calm-errors.ts'
import { openCallPhase, type CallPhase } from './call-phase.ts'
import type { AbortName, Disposition, RoutePauseRequest } from './disposition.ts'
import { openJobLog, type JobLog, type OpenJobLog } from './job-log.ts'
import { obeyDisposition } from './obey-disposition.ts'
import { countStart, type StartCount } from './start-count.ts'
import { openWorkerRest, type WorkerRest } from './worker-rest.ts'

/** One start of one job. */
export interface JobRun {
  job: InferJob
  signal: AbortSignal
  phase: CallPhase
  start: StartCount
  log: JobLog
}

export interface RouteConsumerDeps {
  /** Never gives up; stays the caller's. */
  connection: Redis
  /** For what is written beside the jobs; may send several commands as one. */
  stores: Redis
  keys: RedisKeys
  log: Log
  analyze: (run: JobRun) => Promise<Disposition>
  /** Lets no worker start a job of the route. */
  pauseRoute: (queue: string, pause: RoutePauseRequest) => Promise<void>
  /** A start used no request permit of the route. */
  returnStart: (queue: string, ageMs: number) => Promise<void>
}

export interface RouteConsumerOptions {
  workerId: string
  /** Jobs of the route at a time in this process. */
  concurrency: number
  times: WorkerTimings
}

/** Consumes the queue of one route. */
export interface RouteConsumer {
  /** Resolves when it can take jobs. */
  ready(): Promise<void>
  active(): number
  /** When a job was last started or ended here, by performance.now(). */
  lastActivityAt(): number
  /** Ends the running jobs of one scan: `canceled` aborts calls in flight, `paused` lets them go on. */
  interruptScan(scanId: string, name: 'canceled' | 'paused'): void
  /** Looks for jobs at once, also when this process rests. */
  wake(): void
  /** Takes no more jobs, hands the running ones to other workers, and ends. */
  stop(): Promise<void>
}

type InferBullJob = Job<InferJob, InferResult | null, string>

interface RunningJob {
  scanId: string
  abort: AbortController
  phase: CallPhase
  log: OpenJobLog
  job: InferBullJob
  /** Another start of the job may run by now, so the queue hears nothing of this one. */
  isLost: boolean
}

interface ConsumerState {
  queue: InferQueue
  /** Not by job: one whose lock was lost may be started again here before its first start has ended. */
  running: Set<RunningJob>
  isStopping: boolean
  lastActivityAt: number
  /** Of the fair queue: one for all routes would let a fast route push a slow one behind its own jobs. */
  clock: VirtualClock
  logs: JobLogs
  rest: (forMs: number) => void
  /** Starts that are being taken off the count. */
  returning: Set<Promise<void>>
}

const SHOW_PROGRESS_MS = 1_000
/** A stop waits for the last logs at most this long. */
const LAST_LOGS_MS = 1_000

/** Starts to consume. With the files beside it the only place that speaks BullMQ's worker dialect. */
export function consumeRoute(
  deps: RouteConsumerDeps,
  queue: InferQueue,
  options: RouteConsumerOptions,
): RouteConsumer {
  const { connection, keys, log } = deps
  const running: ConsumerState['running'] = new Set()
  const state: ConsumerState = {
    queue,
    running,
    isStopping: false,
    lastActivityAt: performance.now(),
    clock: openVirtualClock(deps.stores, keys, queue.name),
    logs: openLogs(deps, queue),
    rest: (forMs) => rest.rest(forMs),
    returning: new Set(),
  }
  const worker = new Worker<InferJob, InferResult | null, string>(
    queue.name,
    (job, token) => runJob(deps, state, job, token),
    { connection, prefix: keys.bullPrefix, ...bullOptions(options) },
  )
  const rest: WorkerRest = openWorkerRest(worker)
  calmErrors(worker, { rest: rest.rest, log })
  worker.on('lockRenewalFailed', (jobIds) => {
    for (const run of running) if (jobIds.includes(run.job.id ?? '')) loseLock(run)
  })
  worker.run().catch((error: unknown) => {
    log.fatal({ err: error, queue: queue.name }, 'the worker loop of a route ended')
  })
  const showing = setInterval(() => showProgress(running), SHOW_PROGRESS_MS).unref()
  return {
    ready: async () => {
      await worker.waitUntilReady()
    },
    active: () => running.size,
    lastActivityAt: () => state.lastActivityAt,
    interruptScan: (scanId, name) => {
      for (const run of running) if (run.scanId === scanId) interrupt(run, name)
    },
    wake: () => rest.end(),
    stop: async () => {
      clearInterval(showing)
      // First closed, so that no freed slot takes another job; it waits for the aborted ones.
      const closed = worker.close()
      abortAll(state)
      await closed
      await writeLast(state)
    },
  }
}

function interrupt({ abort, phase }: RunningJob, name: 'canceled' | 'paused'): void {
  if (name === 'canceled') abort.abort(name satisfies AbortName)
  else phase.abortUnsent(name)
}

/** BullMQ gives the job to another start, which waits for the lease of this one: a call in flight is not paid for again. */
function loseLock(run: RunningJob): void {
  run.isLost = true
  run.phase.abortUnsent('lock-lost')
}

function abortAll(state: ConsumerState): void {
  state.isStopping = true
  for (const run of state.running) stopRun(run)
}

/** What jobs left to be written while their slots went on. */
async function writeLast({ returning, logs }: ConsumerState): Promise<void> {
  await Promise.all(returning)
  await withTimeout(logs.flush(), LAST_LOGS_MS, 'the logs of jobs').catch(() => undefined)
}

function openLogs({ stores, log }: RouteConsumerDeps, queue: InferQueue): JobLogs {
  return openJobLogs(stores, queue, (error) => {
    log.debug({ err: error, queue: queue.name }, 'logs of jobs were not written')
  })
}

function bullOptions({ workerId: name, concurrency, times }: RouteConsumerOptions) {
  return { concurrency, name, autorun: false, ...buildWorkerSettings(times) }
}

function stopRun({ abort }: RunningJob): void {
  abort.abort('stopping' satisfies AbortName)
}

function showProgress(running: ConsumerState['running']): void {
  for (const { job, log } of running) {
    const phase = log.slowPhase()
    // A job that ends meanwhile has nothing to show any more.
    if (phase) void job.updateProgress(phase).catch(() => undefined)
  }
}

async function runJob(
  deps: RouteConsumerDeps,
  state: ConsumerState,
  job: InferBullJob,
  token: string | undefined,
): Promise<InferResult | null> {
  const { queue, running } = state
  const start = countStart((ageMs) => returnStart(deps, state, ageMs))
  const parsed = InferJob.safeParse(job.data)
  if (!parsed.success) {
    deps.log.error({ jobId: job.id }, 'a job is not readable; it fails alone')
    start.end()
    throw new UnrecoverableError(
      'The job is not readable: another version or another program wrote it',
    )
  }
  // Our own and not the signal that BullMQ offers: stop, cancel and a lost lock all end here with their
  // reason, and joining several signals with any() shows in the profile of short jobs.
  const abort = new AbortController()
  const phase = openCallPhase((name) => abort.abort(name))
  const log = openJobLog(`[${job.attemptsStarted}]`)
  const run = { scanId: parsed.data.scanId, abort, phase, log, job, isLost: false }
  // Fetched before and delivered after the stop.
  if (state.isStopping) stopRun(run)
  running.add(run)
  noteActivity(state)
  state.clock.advance(job.priority)
  try {
    const disposition = await analyzeSafely(deps, {
      job: parsed.data,
      signal: abort.signal,
      phase,
      start,
      log,
    })
    const next: Disposition = run.isLost ? { next: 'abandon' } : disposition
    writeLog(state, run, next)
    return await obeyDisposition(job, token, next, {
      pauseRoute: (pause) => deps.pauseRoute(queue.name, pause),
      rest: state.rest,
    })
  } finally {
    start.end()
    running.delete(run)
    noteActivity(state)
  }
}

/** Awaited only when the process stops: nothing else depends on it. */
function returnStart(
  deps: RouteConsumerDeps,
  { queue, returning }: ConsumerState,
  ageMs: number,
): void {
  const done = deps.returnStart(queue.name, ageMs)
  returning.add(done)
  void done.finally(() => returning.delete(done))
}

function noteActivity(state: ConsumerState): void {
  state.lastActivityAt = performance.now()
}

/** What reaches BullMQ is stored with the job and shown on its board, so it is one of our own sentences. */
async function analyzeSafely(deps: RouteConsumerDeps, run: JobRun): Promise<Disposition> {
  try {
    return await deps.analyze(run)
  } catch (error) {
    const { scanId, resource } = run.job
    deps.log.error({ err: error, scanId, resource }, 'a start could not be recorded')
    throw new Error('The start could not be recorded; see the log of the worker')
  }
}

/** Not waited for: a log that is late or lost must not hold a slot. */
function writeLog({ logs }: ConsumerState, { job, log }: RunningJob, { next }: Disposition): void {
  if (next !== 'remove' && next !== 'abandon') logs.append(job.id ?? '', log.take())
}
