import { UnrecoverableError, Worker, type Job } from 'bullmq'
import type { Redis } from 'ioredis'
import { AppError } from '@capstan/shared/errors'
import { newScanId } from '@capstan/shared/journal/scan-id'
import {
  SCHEDULE_ATTEMPTS,
  SCHEDULE_QUEUE,
  type ScheduleJob,
} from '@capstan/shared/queue/schedule-queue'
import { workerSettings } from '@capstan/shared/queue/worker-settings'
import { scrub } from '@capstan/shared/text/scrub'
import { startScan, type StartDeps } from '../scans/start-scan.ts'
import { noteRun, readSchedule, type ScheduleDeps } from './schedule-store.ts'

export interface Scheduler {
  close(): Promise<void>
}

type RunDeps = StartDeps & ScheduleDeps

/** Starts scans when their time has come; of all API processes one runs each. `connection` is of kind `worker`. */
export function startScheduler(deps: RunDeps, connection: Redis): Scheduler {
  const stopping = new AbortController()
  const worker = new Worker<ScheduleJob, void>(
    SCHEDULE_QUEUE,
    (job) => runSchedule(deps, job, stopping.signal),
    { connection, prefix: deps.keys.bullPrefix, ...workerSettings() },
  )
  worker.on('error', (error) => deps.log.warn({ err: error }, 'schedules lost Redis; they go on'))
  worker.on('failed', (job, error) =>
    deps.log.warn({ schedule: job?.data.name, detail: error.message }, 'a schedule did not run'),
  )
  return {
    close: async () => {
      stopping.abort()
      await worker.close()
    },
  }
}

/** The same job always starts the same scan, however often it is begun. */
async function runSchedule(
  deps: RunDeps,
  job: Job<ScheduleJob, void>,
  signal: AbortSignal,
): Promise<void> {
  const { name } = job.data
  const schedule = await readSchedule(deps, name)
  if (!schedule || schedule.paused) return
  const scanId = job.data.scanId ?? newScanId()
  if (job.data.scanId === undefined) await job.updateData({ ...job.data, scanId })
  const labels = { ...schedule.scan.labels, schedule: name }
  const request = { ...schedule.scan, labels, dryRun: false }
  const at = new Date().toISOString()
  try {
    const by = `schedule:${name}`
    const { scan, joined } = await startScan(deps, request, { scanId, by }, signal)
    await noteRun(deps, name, { at, scanId: scan.id, joined, problem: null })
  } catch (error) {
    throw await asJobError(deps, job, { at, error })
  }
}

/** The last failure of a run is kept with the schedule, for people to see. */
async function asJobError(
  deps: RunDeps,
  job: Job<ScheduleJob, void>,
  { at, error }: { at: string; error: unknown },
): Promise<Error> {
  const problem = scrub(error instanceof Error ? error.message : String(error))
  const final = error instanceof AppError && !error.retryable
  if (!final && job.attemptsMade + 1 < SCHEDULE_ATTEMPTS) return new Error(problem)
  await noteRun(deps, job.data.name, { at, scanId: null, joined: false, problem })
  return new UnrecoverableError(problem)
}
