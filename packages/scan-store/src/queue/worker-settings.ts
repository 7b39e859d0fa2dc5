import type { WorkerOptions } from 'bullmq'
import { backoffStrategy } from './job-backoff.ts'

export interface WorkerTimings {
  lockMs?: number | undefined
  stalledMs?: number | undefined
}

/** Options that every BullMQ worker of ours shares. `times` are shortened by tests that kill processes. */
export function buildWorkerSettings(times: WorkerTimings = {}) {
  return {
    // A dead worker's job starts again after one lock and one or two sweeps, 15 to 25 s. An outage of Redis longer
    // than this repeats only the calls that outlast it. Renewed at half, so a blocked event loop has 7 s.
    lockDuration: times.lockMs ?? 15_000,
    stalledInterval: times.stalledMs ?? 5_000,
    // The default of 1 fails innocent jobs whose worker was killed twice (9 of 600 measured).
    maxStalledCount: 10,
    // Seconds of one blocking wait; must stay under the socket timeout of connect.ts.
    drainDelay: 5,
    // A worker of a paused queue sleeps this long before it looks again: an early end of the pause takes effect within it.
    maximumRateLimitDelay: 1_500,
    // How long BullMQ waits before it repeats a command after a lost connection; its 15 s idle too long.
    runRetryDelay: 1_000,
    settings: { backoffStrategy },
  } satisfies Partial<WorkerOptions>
}
