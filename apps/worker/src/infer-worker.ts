import {
  DelayedError,
  RateLimitError,
  UnrecoverableError,
  WaitingError,
  Worker,
  type Job,
} from 'bullmq'
import type { Redis } from 'ioredis'
import { InferJob } from '@capstan/shared/contract/infer-job'
import { ItemError } from '@capstan/shared/errors'
import type { Log } from '@capstan/shared/log'
import { INFER_QUEUE } from '@capstan/shared/queue/infer-queue'
import { workerSettings, type WorkerTimes } from '@capstan/shared/queue/worker-settings'
import type { RedisKeys } from '@capstan/shared/redis/keys'
import { calmErrors } from './calm-errors.ts'
import type { AbortName, Ending } from './ending.ts'

export interface InferWorkerDeps {
  /** Never gives up; stays the caller's. */
  connection: Redis
  keys: RedisKeys
  log: Log
  infer: (job: InferJob, signal: AbortSignal) => Promise<Ending>
  /** Lets no worker start a job for so long. */
  holdQueue: (forMs: number) => Promise<void>
  /** A job was started or ended here, for the consumption watchdog. */
  onActivity: () => void
  /** A job of this priority was started, for the fair queue. */
  onStarted: (priority: number) => void
}

export interface InferWorkerOptions {
  workerId: string
  concurrency: number
  times: WorkerTimes
}

export interface InferWorker {
  /** Resolves when it can take jobs. */
  ready(): Promise<void>
  active(): number
  /** Aborts the running calls of one scan. */
  cancelScan(scanId: string): void
  /** Takes no more jobs, hands the running ones to other workers, and ends. */
  stop(): Promise<void>
}

/** What runs now, by job id. */
type Running = Map<string, { scanId: string; abort: AbortController }>

type InferBullJob = Job<InferJob, void, 'infer'>

/** Consumes the queue of inferences. The only place that speaks BullMQ's worker dialect. */
export function startInferWorker(
  deps: InferWorkerDeps,
  { workerId, concurrency, times }: InferWorkerOptions,
): InferWorker {
  const { connection, keys, log } = deps
  const running: Running = new Map()
  const state: WorkerState = { running, isStopping: false }
  const worker = new Worker<InferJob, void, 'infer'>(
    INFER_QUEUE,
    (job, token) => runJob(deps, state, job, token),
    {
      connection,
      prefix: keys.bullPrefix,
      concurrency,
      name: workerId,
      autorun: false,
      ...workerSettings(times),
    },
  )
  calmErrors(worker, log)
  // BullMQ leaves a job running whose lock is lost; another worker has it by now.
  worker.on('lockRenewalFailed', (jobIds) => {
    for (const jobId of jobIds) abortJob(running.get(jobId), 'lock-lost')
  })
  worker.run().catch((error: unknown) => log.fatal({ err: error }, 'the worker loop ended'))
  return {
    ready: async () => {
      await worker.waitUntilReady()
    },
    active: () => running.size,
    cancelScan: (scanId) => {
      for (const job of running.values()) if (job.scanId === scanId) abortJob(job, 'canceled')
    },
    stop: async () => {
      // First closed, so that no freed slot takes another job; it waits for the aborted ones.
      const closed = worker.close()
      state.isStopping = true
      for (const job of running.values()) abortJob(job, 'stopping')
      await closed
    },
  }
}

interface WorkerState {
  running: Running
  isStopping: boolean
}

function abortJob(job: { abort: AbortController } | undefined, name: AbortName): void {
  job?.abort.abort(name)
}

async function runJob(
  deps: InferWorkerDeps,
  { running, isStopping }: WorkerState,
  job: InferBullJob,
  token: string | undefined,
): Promise<void> {
  const parsed = InferJob.safeParse(job.data)
  if (!parsed.success) {
    deps.log.error({ jobId: job.id }, 'a job is not readable; it fails alone')
    throw new UnrecoverableError(
      'The job is not readable: another version or another program wrote it',
    )
  }
  const id = job.id ?? ''
  // Our own and not the signal that BullMQ offers: stop, cancel and a lost lock all end here with their
  // reason, and joining several signals with any() shows in the profile of short jobs.
  const started = { scanId: parsed.data.scanId, abort: new AbortController() }
  // Fetched before and delivered after the stop.
  if (isStopping) abortJob(started, 'stopping')
  running.set(id, started)
  deps.onActivity()
  deps.onStarted(job.priority)
  try {
    await obey(deps, job, token, await inferSafely(deps, parsed.data, started.abort.signal))
  } finally {
    running.delete(id)
    deps.onActivity()
  }
}

/** What reaches BullMQ is stored with the job and shown on its board, so it is one of our own sentences. */
async function inferSafely(
  deps: InferWorkerDeps,
  job: InferJob,
  signal: AbortSignal,
): Promise<Ending> {
  try {
    return await deps.infer(job, signal)
  } catch (error) {
    const { scanId, resource } = job
    deps.log.error({ err: error, scanId, resource }, 'a start could not be recorded')
    throw new Error('The start could not be recorded; see the log of the worker')
  }
}

async function obey(
  deps: Pick<InferWorkerDeps, 'holdQueue'>,
  job: InferBullJob,
  token: string | undefined,
  ending: Ending,
): Promise<void> {
  switch (ending.next) {
    case 'done':
      return
    case 'retry':
      // The strategy of backoff.ts takes the delay from here, so queue and journal name the same moment.
      throw new ItemError(ending.reason, 'retry', ending.title, { retryAfterMs: ending.delayMs })
    case 'wait':
      await job.moveToDelayed(Date.now() + ending.delayMs, token)
      throw new DelayedError()
    case 'hold-queue':
      await deps.holdQueue(ending.delayMs)
      throw new RateLimitError()
    case 'hand-back':
      await job.moveToWait(token)
      throw new WaitingError()
    case 'let-go':
      // Says that it is in other hands, which is true: BullMQ then moves nothing.
      throw new WaitingError()
  }
}
