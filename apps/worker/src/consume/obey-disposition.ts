import { DelayedError, RateLimitError, UnrecoverableError, WaitingError, type Job } from 'bullmq'
import type { InferJob, InferResult } from '@capstan/shared/contract/scan/infer-job'
import { ItemError } from '@capstan/shared/errors'
import type { Disposition, RoutePauseRequest } from './disposition.ts'

interface RouteControl {
  pauseRoute: (pause: RoutePauseRequest) => Promise<void>
  /** Lets this process start nothing of the route. */
  rest: (forMs: number) => void
}

/** How long one process rests before it looks again whether the route may go on. */
const MOST_REST_MS = 30_000

/** Does with the job what a start decided; returns its result, or throws what BullMQ understands. */
export async function obeyDisposition(
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
      // A finished job would say that the type has an answer.
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
      // Says that it is in other hands, which is true: BullMQ then moves nothing.
      throw new WaitingError()
  }
}

async function pauseAndRequeue(
  job: Job<InferJob, InferResult | null, string>,
  token: string | undefined,
  pause: RoutePauseRequest,
  { pauseRoute, rest }: RouteControl,
): Promise<never> {
  if (pause.scope === 'route') {
    await pauseRoute(pause)
    throw new RateLimitError()
  }
  rest(Math.min(pause.forMs, MOST_REST_MS))
  await job.moveToWait(token)
  throw new WaitingError()
}
