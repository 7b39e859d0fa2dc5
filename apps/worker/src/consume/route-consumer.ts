import type { Job } from 'bullmq'
import type { Redis } from 'ioredis'
import type { RedisKeys } from '@capstan/redis/keys'
import type { InferQueue } from '@capstan/scan-store/queue/infer-queue'
import type { JobLogs } from '@capstan/scan-store/queue/job-logs'
import type { VirtualClock } from '@capstan/scan-store/queue/virtual-time'
import type { WorkerTimings } from '@capstan/scan-store/queue/worker-settings'
import type { InferJob, InferResult } from '@capstan/shared/contract/scan/infer-job'
import type { Log } from '@capstan/shared/log'
import type { RoutePauseRequest } from '../accounts/plan-pause.ts'
import type { AttemptControls } from '../analyze/attempt.ts'
import type { CallPhase } from '../analyze/call-phase.ts'
import type { Disposition } from '../analyze/disposition.ts'
import type { OpenJobLog } from '../analyze/job-log.ts'

export interface RouteConsumerDeps {
  /** Reconnects forever; the caller closes it. */
  connection: Redis
  /** Connection for writes beside the jobs; may pipeline commands. */
  stores: Redis
  keys: RedisKeys
  log: Log
  analyze: (attempt: AttemptControls) => Promise<Disposition>
  /** Pauses the queue of the route for all workers. */
  pauseRoute: (queue: string, pause: RoutePauseRequest) => Promise<void>
  /** Refunds a job start in the rate limit of the queue: the attempt has used no request permit of the route. */
  refundJobStart: (queue: string, ageMs: number) => Promise<void>
}

export interface RouteConsumerOptions {
  workerId: string
  /** Maximum number of concurrent jobs of the route in this process. */
  concurrency: number
  times: WorkerTimings
}

/** Consumes the queue of one route. */
export interface RouteConsumer {
  /** Resolves when the consumer can fetch jobs. */
  ready(): Promise<void>
  active(): number
  /** When this process last started or ended a job, on the clock of `performance`. */
  lastActivityAt(): number
  /** Aborts the running jobs of a scan: `canceled` also aborts calls in flight, `paused` does not. */
  interruptScan(scanId: string, name: 'canceled' | 'paused'): void
  /** Fetches jobs at once, also during a fetch pause. */
  wake(): void
  /** Stops fetching, requeues the running jobs, and closes the worker. */
  stop(): Promise<void>
}

export type InferBullJob = Job<InferJob, InferResult | null, string>

export interface RunningJob {
  scanId: string
  abort: AbortController
  phase: CallPhase
  log: OpenJobLog
  job: InferBullJob
  /** The lock is lost: another attempt of the job may run, so this one must not touch the queue. */
  isLost: boolean
}

export interface ConsumerState {
  queue: InferQueue
  /** A set of attempts, not of jobs: a job with a lost lock may start again here before its first attempt ends. */
  running: Set<RunningJob>
  isStopping: boolean
  lastActivityAt: number
  /** The virtual time of this route: a clock for all routes would let a fast route delay a slow one. */
  clock: VirtualClock
  logs: JobLogs
  pauseFetching: (forMs: number) => void
  /** Refunds of job starts in progress. */
  refunds: Set<Promise<void>>
}
