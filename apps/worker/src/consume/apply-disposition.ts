import { DelayedError, RateLimitError, UnrecoverableError, WaitingError, type Job } from 'bullmq'
import type { InferJob, InferResult } from '@capstan/shared/contract/scan/infer-job'
import { ItemError } from '@capstan/shared/errors'
import type { RoutePauseRequest } from '../accounts/plan-pause.ts'
import type { Disposition } from '../analyze/disposition.ts'

interface RouteControl {
  pauseRoute: (pause: RoutePauseRequest) => Promise<void>
  /** Stops this process from fetching jobs of the route. */
  pauseFetching: (forMs: number) => void
}

/** Longest time for which a process stops fetching. */
const MAX_FETCH_PAUSE_MS = 30_000

/** Applies a disposition to a job: returns its result, or throws the error that BullMQ expects. */
export async function applyDisposition(
  job: Job<InferJob, InferResult | null, string>,
  token: string | undefined,
  disposition: Disposition,
  route: RouteControl,
): Promise<InferResult | null> {
  switch (disposition.next) {
    case 'complete':
      return disposition.result
    case 'fail':
      throw new UnrecoverableError(disposition.reason)
    case 'remove':
      // A completed job on the board would look like an answered type.
      job.opts.removeOnComplete = true
      return null
    case 'retry':
      // The strategy of job-backoff.ts takes the delay from here, so queue and journal name the same moment.
      throw new ItemError(disposition.reason, 'retry', disposition.title, {
        retryAfterMs: disposition.delayMs,
      })
    case 'delay':
      await job.moveToDelayed(Date.now() + disposition.delayMs, token)
      throw new DelayedError()
    case 'pause-route':
      return pauseAndRequeue(job, token, disposition.pause, route)
    case 'requeue':
      await job.moveToWait(token)
      throw new WaitingError()
    case 'abandon':
      // Another worker has the job, and BullMQ moves no job after this error.
      throw new WaitingError()
  }
}

async function pauseAndRequeue(
  job: Job<InferJob, InferResult | null, string>,
  token: string | undefined,
  pause: RoutePauseRequest,
  { pauseRoute, pauseFetching }: RouteControl,
): Promise<never> {
  if (pause.scope === 'route') {
    await pauseRoute(pause)
    throw new RateLimitError()
  }
  pauseFetching(Math.min(pause.forMs, MAX_FETCH_PAUSE_MS))
  await job.moveToWait(token)
  throw new WaitingError()
}
