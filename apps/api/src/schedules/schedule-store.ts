import { z } from 'zod'
import { ScheduleRequest, Schedule, ScheduleRun } from '@capstan/shared/contract/scan/schedule'
import type { ApiDeps } from '../deps.ts'
import { checkConcurrency } from '../scans/check-concurrency.ts'
import { checkCron } from './check-cron.ts'
import { checkInclude } from './check-include.ts'

export type ScheduleDeps = Pick<ApiDeps, 'redis' | 'keys' | 'scheduleQueue'>

const Stored = ScheduleRequest.extend({
  createdBy: z.string(),
  updatedAt: z.iso.datetime(),
  warnings: z.array(z.string()),
})
type Stored = z.infer<typeof Stored>

/** `runId` orders the runs of a schedule by their start. */
const StoredRun = ScheduleRun.extend({ runId: z.string() })
type StoredRun = z.infer<typeof StoredRun>

/** Lists all schedules, ordered by name. */
export async function listSchedules(deps: ScheduleDeps): Promise<Schedule[]> {
  const stored = await deps.redis.hgetall(deps.keys.schedules)
  const names = Object.keys(stored).toSorted()
  const views = await Promise.all(names.map((name) => readSchedule(deps, name)))
  return views.filter((view) => view !== undefined)
}

export async function readSchedule(
  deps: ScheduleDeps,
  name: string,
): Promise<Schedule | undefined> {
  const [text, run, scheduler] = await Promise.all([
    deps.redis.hget(deps.keys.schedules, name),
    deps.redis.hget(deps.keys.scheduleRuns, name),
    deps.scheduleQueue.getJobScheduler(name),
  ])
  const stored = parse(Stored, text)
  if (!stored) return undefined
  const next = stored.paused ? undefined : scheduler?.next
  const lastRun = parse(ScheduleRun, run)
  return {
    ...stored,
    name,
    nextRunAt: next === undefined ? null : new Date(next).toISOString(),
    lastRun: lastRun ? { ...lastRun, waiting: lastRun.waiting && !stored.paused } : null,
  }
}

export interface ScheduleWriter {
  /** Name of the caller. */
  by: string
  /** Aborts the check of the patterns. */
  signal: AbortSignal
}

/** Creates or replaces a schedule. AppError VALIDATION when it would never run; throws as checkInclude. */
export async function putSchedule(
  deps: ScheduleDeps & Pick<ApiDeps, 'clusters'>,
  name: string,
  schedule: ScheduleRequest,
  { by, signal }: ScheduleWriter,
): Promise<{ created: boolean }> {
  checkCron(schedule)
  checkConcurrency(schedule.scan)
  const warnings = await checkInclude(deps, schedule.scan, signal)
  const updatedAt = new Date().toISOString()
  const stored: Stored = { ...schedule, createdBy: by, updatedAt, warnings }
  // The schedule is stored before its job scheduler is added. If the process dies in between, the next start adds the
  // job scheduler.
  const added = await deps.redis.hset(deps.keys.schedules, name, JSON.stringify(stored))
  if (schedule.paused) await deps.scheduleQueue.removeJobScheduler(name)
  else await addScheduler(deps, name, schedule)
  return { created: added === 1 }
}

/** Deletes a schedule. Returns false if it did not exist. Its running scans continue. */
export async function deleteSchedule(deps: ScheduleDeps, name: string): Promise<boolean> {
  const removed = await deps.redis.hdel(deps.keys.schedules, name)
  await deps.redis.hdel(deps.keys.scheduleRuns, name)
  await deps.scheduleQueue.removeJobScheduler(name)
  return removed === 1
}

export async function recordRun(deps: ScheduleDeps, name: string, run: StoredRun): Promise<void> {
  await deps.redis.hset(deps.keys.scheduleRuns, name, JSON.stringify(run))
}

/** Returns whether a later run of the schedule has been recorded. */
export async function hasLaterRun(
  { redis, keys }: ScheduleDeps,
  name: string,
  runId: string,
): Promise<boolean> {
  const last = parse(StoredRun, await redis.hget(keys.scheduleRuns, name))
  return last !== undefined && last.runId > runId
}

/** Adds missing job schedulers. Existing ones stay unchanged, because a run may be due. */
export async function repairSchedules(deps: ScheduleDeps): Promise<void> {
  for (const { name, paused, ...schedule } of await listSchedules(deps)) {
    if (paused || (await deps.scheduleQueue.getJobScheduler(name))) continue
    await addScheduler(deps, name, schedule)
  }
}

async function addScheduler(
  { scheduleQueue }: ScheduleDeps,
  name: string,
  { cron, timeZone }: Pick<ScheduleRequest, 'cron' | 'timeZone'>,
): Promise<void> {
  await scheduleQueue.upsertJobScheduler(
    name,
    { pattern: cron, tz: timeZone },
    { name: 'scan', data: { v: 1, name } },
  )
}

function parse<S extends z.ZodType>(schema: S, text: string | null): z.infer<S> | undefined {
  if (text === null) return undefined
  try {
    return schema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
