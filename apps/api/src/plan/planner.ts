import { UnrecoverableError, WaitingError, Worker, type Job } from 'bullmq'
import type { Redis } from 'ioredis'
import { PlanJob } from '@capstan/shared/contract/scan/infer-job'
import type { ItemProblem } from '@capstan/shared/contract/problem'
import { AppError } from '@capstan/shared/errors'
import { MAX_PLAN_ATTEMPTS, PLAN_QUEUE } from '@capstan/scan-store/queue/plan-queue'
import { buildWorkerSettings, type WorkerTimings } from '@capstan/scan-store/queue/worker-settings'
import { scrub } from '@capstan/shared/text/scrub'
import { planScan, type PlanDeps } from './plan-scan.ts'

export interface Planner {
  /** Plans that run are given up and done again by another process. */
  close(): Promise<void>
}

/** Clusters answer slowly, but reading one uses a core. */
const CONCURRENCY = 2
/** Reading 65 MB of definitions takes seconds; this is the end of patience, not an expectation. */
const PLAN_MS = 300_000

/** Consumes the plan queue. `connection` is of kind `worker` and stays the caller's. */
export function startPlanner(
  deps: PlanDeps,
  connection: Redis,
  times: WorkerTimings = {},
): Planner {
  const stopping = new AbortController()
  const worker = new Worker<PlanJob, void>(
    PLAN_QUEUE,
    async (job, token, jobSignal) => {
      const deadline = AbortSignal.timeout(PLAN_MS)
      const signals = [stopping.signal, deadline, ...(jobSignal ? [jobSignal] : [])]
      try {
        await planJob(deps, job, stopping.signal, AbortSignal.any(signals))
      } catch (error) {
        if (!stopping.signal.aborted) throw error
        // Handed back, so that another process plans it at once and no attempt is used.
        await job.moveToWait(token)
        throw new WaitingError()
      }
    },
    {
      connection,
      prefix: deps.keys.bullPrefix,
      concurrency: CONCURRENCY,
      ...buildWorkerSettings(times),
    },
  )
  worker.on('error', (error) => deps.log.warn({ err: error }, 'the planner lost Redis; it goes on'))
  worker.on('failed', (job, error) =>
    deps.log.warn({ scanId: job?.data.scanId, detail: error.message }, 'planning failed'),
  )
  return {
    close: async () => {
      stopping.abort()
      await worker.close()
    },
  }
}

/** The only translator between BullMQ and planScan: the last failure ends the scan with the reason. */
async function planJob(
  deps: PlanDeps,
  job: Job<PlanJob, void>,
  stopping: AbortSignal,
  signal: AbortSignal,
): Promise<void> {
  const { scanId } = PlanJob.parse(job.data)
  try {
    await planScan(deps, scanId, signal)
  } catch (error) {
    if (stopping.aborted) throw error
    const final = error instanceof AppError && !error.retryable
    if (!final && job.attemptsMade + 1 < MAX_PLAN_ATTEMPTS) throw clean(error)
    await deps.journal.failScan(scanId, asProblem(error))
    throw new UnrecoverableError(clean(error).message)
  }
}

/** What BullMQ stores of an error is its text, and that text may quote a cluster. */
function clean(error: unknown): Error {
  return new Error(scrub(error instanceof Error ? error.message : String(error)))
}

function asProblem(error: unknown): ItemProblem {
  const known = error instanceof AppError ? error : undefined
  return {
    reason: known?.code.startsWith('CLUSTER') ? 'schema_unavailable' : 'internal',
    title: 'The scan could not be planned',
    detail: clean(error).message,
    hint: known?.hint?.slice(0, 400) ?? 'Look at the log of the API, then start the scan again.',
    retryable: known?.retryable ?? true,
  }
}
