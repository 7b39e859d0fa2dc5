import type { Redis } from 'ioredis'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import type { Journal } from '../journal/types.ts'
import { ensureJobs, type EnsureJobsDeps } from '../queue/ensure-jobs.ts'

/** Actor (`by`) of pauses and resumes because of the daily budget. */
export const DAILY_BUDGET_ACTOR = 'daily-budget'

export interface ResumeExpiredPauseDeps extends Omit<EnsureJobsDeps, 'journal'> {
  redis: Redis
  journal: EnsureJobsDeps['journal'] & Pick<Journal, 'resume'>
}

/**
 * Resumes a scan whose pause has an end (`until`) that has passed, by the clock of Redis. Any number of processes may call it
 * at once.
 */
export async function resumeExpiredPause(deps: ResumeExpiredPauseDeps, scan: Scan): Promise<void> {
  const until = scan.status === 'paused' ? scan.pause?.problem?.until : undefined
  if (until === undefined) return
  const [seconds] = await deps.redis.time()
  if (Number(seconds) * 1_000 < Date.parse(until)) return
  const { outcome } = await deps.journal.resume(scan.id, DAILY_BUDGET_ACTOR)
  if (outcome === 'changed') await ensureJobs(deps, scan.id)
}
