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
  /** Aborts running plans and returns their jobs to the queue for another process. */
  close(): Promise<void>
}

/** Clusters answer slowly, but parsing their answers uses a core. */
const CONCURRENCY = 2
/** Timeout of one plan. Reading 65 MB of definitions takes seconds. */
const PLAN_MS = 300_000

/** Consumes the plan queue. `connection` is of kind `worker`; the caller closes it. */
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
        // Requeues the job, so that another process plans it at once and no attempt is used.
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
  worker.on('error', (error) =>
    deps.log.warn({ err: error }, 'the planner lost its connection to Redis and reconnects'),
  )
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

/** Maps errors of planScan to BullMQ outcomes. The last failure ends the scan with the reason. */
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
    if (!final && job.attemptsMade + 1 < MAX_PLAN_ATTEMPTS) throw scrubError(error)
    await deps.journal.failScan(scanId, toItemProblem(error))
    throw new UnrecoverableError(scrubError(error).message)
  }
}

/** BullMQ stores the error text, which may quote data of the cluster. */
function scrubError(error: unknown): Error {
  return new Error(scrub(error instanceof Error ? error.message : String(error)))
}

function toItemProblem(error: unknown): ItemProblem {
  const known = error instanceof AppError ? error : undefined
  return {
    reason: known?.code.startsWith('CLUSTER') ? 'schema_unavailable' : 'internal',
    title: 'The scan could not be planned',
    detail: scrubError(error).message,
    hint: known?.hint?.slice(0, 400) ?? 'Check the log of the API, then start the scan again.',
    retryable: known?.retryable ?? true,
  }
}
