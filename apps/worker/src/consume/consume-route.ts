import { Worker } from 'bullmq'
import { openJobLogs, type JobLogs } from '@capstan/scan-store/queue/job-logs'
import type { InferQueue } from '@capstan/scan-store/queue/infer-queue'
import { openVirtualClock } from '@capstan/scan-store/queue/virtual-time'
import { buildWorkerSettings } from '@capstan/scan-store/queue/worker-settings'
import { withTimeout } from '@capstan/shared/async/with-timeout'
import type { InferJob, InferResult } from '@capstan/shared/contract/scan/infer-job'
import type { AbortName } from '../analyze/disposition.ts'
import { limitErrors } from './limit-errors.ts'
import type {
  ConsumerState,
  RouteConsumer,
  RouteConsumerDeps,
  RouteConsumerOptions,
  RunningJob,
} from './route-consumer.ts'
import { runJob, stopRun } from './run-job.ts'
import { openFetchPause, type FetchPause } from './fetch-pause.ts'

const SHOW_PROGRESS_MS = 1_000
/** Longest wait for the last job logs at a stop. */
const LAST_LOGS_MS = 1_000

/** Starts a BullMQ worker for one route. Only this folder uses BullMQ. */
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
    pauseFetching: (forMs) => fetchPause.start(forMs),
    refunds: new Set(),
  }
  const worker = new Worker<InferJob, InferResult | null, string>(
    queue.name,
    (job, token) => runJob(deps, state, job, token),
    { connection, prefix: keys.bullPrefix, ...buildBullOptions(options) },
  )
  const fetchPause: FetchPause = openFetchPause(worker)
  limitErrors(worker, { pauseFetching: fetchPause.start, log })
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
    wake: () => fetchPause.end(),
    stop: async () => {
      clearInterval(showing)
      // Closed first, so that no free slot fetches another job; it waits for the aborted attempts.
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

/** BullMQ starts another attempt, which waits for the result lease of this one: the call in flight is not paid twice. */
function loseLock(run: RunningJob): void {
  run.isLost = true
  run.phase.abortUnsent('lock-lost')
}

function abortAll(state: ConsumerState): void {
  state.isStopping = true
  for (const run of state.running) stopRun(run)
}

/** Waits for the last refunds and job logs of ended jobs. */
async function writeLast({ refunds, logs }: ConsumerState): Promise<void> {
  await Promise.all(refunds)
  await withTimeout(logs.flush(), LAST_LOGS_MS, 'the logs of jobs').catch(() => undefined)
}

function openLogs({ stores, log }: RouteConsumerDeps, queue: InferQueue): JobLogs {
  return openJobLogs(stores, queue, (error) => {
    log.debug({ err: error, queue: queue.name }, 'could not write job logs')
  })
}

function buildBullOptions({ workerId: name, concurrency, times }: RouteConsumerOptions) {
  return { concurrency, name, autorun: false, ...buildWorkerSettings(times) }
}

function showProgress(running: ConsumerState['running']): void {
  for (const { job, log } of running) {
    const phase = log.slowPhase()
    // A job that ends meanwhile needs no progress.
    if (phase) void job.updateProgress(phase).catch(() => undefined)
  }
}
