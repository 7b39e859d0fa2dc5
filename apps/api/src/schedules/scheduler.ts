import { DelayedError, UnrecoverableError, Worker, type Job } from 'bullmq'
import type { Redis } from 'ioredis'
import type { ScheduleRun } from '@capstan/shared/contract/scan/schedule'
import { AppError } from '@capstan/shared/errors'
import { createScanId } from '@capstan/shared/scan-id'
import {
  MAX_SCHEDULE_ATTEMPTS,
  SCHEDULE_QUEUE,
  type ScheduleJob,
} from '@capstan/scan-store/queue/schedule-queue'
import { buildWorkerSettings } from '@capstan/scan-store/queue/worker-settings'
import { scrub } from '@capstan/shared/text/scrub'
import { startScan, type StartDeps } from '../scans/start-scan.ts'
import { hasLaterRun, recordRun, readSchedule, type ScheduleDeps } from './schedule-store.ts'

export interface Scheduler {
  close(): Promise<void>
}

type RunDeps = StartDeps & ScheduleDeps

/**
 * Starts scans of due schedules; each run is executed by one of all API processes. `connection` is of kind `worker`.
 */
export function startScheduler(deps: RunDeps, connection: Redis): Scheduler {
  const stopping = new AbortController()
  const worker = new Worker<ScheduleJob, void>(
    SCHEDULE_QUEUE,
    (job, lockToken = '') => runSchedule(deps, { job, lockToken }, stopping.signal),
    { connection, prefix: deps.keys.bullPrefix, ...buildWorkerSettings() },
  )
  worker.on('error', (error) =>
    deps.log.warn({ err: error }, 'the scheduler lost its connection to Redis and reconnects'),
  )
  worker.on('failed', (job, error) =>
    deps.log.warn(
      { schedule: job?.data.name, detail: error.message },
      'a run of a schedule failed',
    ),
  )
  return {
    close: async () => {
      stopping.abort()
      await worker.close()
    },
  }
}

type RunJob = Job<ScheduleJob, void>

interface Run {
  job: RunJob
  /** Token of the lock of this process on the job. */
  lockToken: string
  /** Id of its scan. Ids sort by time, so a later run has a greater id. */
  scanId: string
  at: string
}

/** A repeated job starts the same scan, because the job stores the scan id. */
async function runSchedule(
  deps: RunDeps,
  { job, lockToken }: Pick<Run, 'job' | 'lockToken'>,
  signal: AbortSignal,
): Promise<void> {
  const { name } = job.data
  const schedule = await readSchedule(deps, name)
  if (!schedule || schedule.paused) return
  const scanId = job.data.scanId ?? createScanId()
  if (job.data.scanId === undefined) await job.updateData({ ...job.data, scanId })
  if (await hasLaterRun(deps, name, scanId)) return
  const labels = { ...schedule.scan.labels, schedule: name }
  const request = { ...schedule.scan, labels, dryRun: false }
  const run: Run = { job, lockToken, scanId, at: new Date().toISOString() }
  try {
    const starter = { scanId, by: `schedule:${name}`, token: schedule.createdBy }
    const { scan, joined } = await startScan(deps, request, starter, signal)
    await recordChange(deps, run, { scanId: scan.id, joined: joined !== null })
  } catch (error) {
    throw await toJobError(deps, run, error)
  }
}

/** Maps the error to a BullMQ outcome. The last failure is stored with the schedule. */
async function toJobError(deps: RunDeps, run: Run, error: unknown): Promise<Error> {
  const problem = scrub(error instanceof Error ? error.message : String(error))
  const known = error instanceof AppError ? error : undefined
  if (known?.code === 'OVERLOADED') {
    await recordChange(deps, run, { problem, waiting: true })
    await run.job.moveToDelayed(Date.now() + waitMs(known), run.lockToken)
    return new DelayedError(problem)
  }
  const isFinal = known !== undefined && !known.retryable
  if (!isFinal && run.job.attemptsMade + 1 < MAX_SCHEDULE_ATTEMPTS) return new Error(problem)
  await recordChange(deps, run, { problem })
  return new UnrecoverableError(problem)
}

const DEFAULT_WAIT_MS = 30_000

/** Waits at least Retry-After, with jitter for schedules that wait together. Uses no attempt. */
function waitMs({ retryAfterMs = DEFAULT_WAIT_MS }: AppError): number {
  return Math.round(retryAfterMs * (1 + Math.random() / 4))
}

async function recordChange(
  deps: RunDeps,
  { job, at, scanId: runId }: Run,
  change: Partial<ScheduleRun>,
): Promise<void> {
  const run = { at, scanId: null, joined: false, problem: null, waiting: false, ...change }
  await recordRun(deps, job.data.name, { ...run, runId })
}
