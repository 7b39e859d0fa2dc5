import type { WorkerOptions } from 'bullmq'
import { backoffStrategy } from './job-backoff.ts'

export interface WorkerTimings {
  lockMs?: number | undefined
  stalledMs?: number | undefined
}

/** Builds the options that all BullMQ workers share. Tests that kill processes shorten `times`. */
export function buildWorkerSettings(times: WorkerTimings = {}) {
  return {
    // The job of a dead worker starts again after one lock and one or two stall checks: 15 to 25 s. A longer outage of Redis
    // repeats only calls that are still running at its end. BullMQ renews at half, so the event loop may block for 7 s.
    lockDuration: times.lockMs ?? 15_000,
    stalledInterval: times.stalledMs ?? 5_000,
    // The default of 1 fails jobs whose worker was killed twice for other reasons (9 of 600 measured).
    maxStalledCount: 10,
    // Seconds of one blocking wait. Must be less than the socket timeout in connect.ts.
    drainDelay: 5,
    // Time between two checks of a paused queue. An early end of the pause takes effect within it.
    maximumRateLimitDelay: 1_500,
    // Wait before BullMQ repeats a command after a lost connection. Its default of 15 s is too long.
    runRetryDelay: 1_000,
    settings: { backoffStrategy },
  } satisfies Partial<WorkerOptions>
}
