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

/** `runId` orders the runs of a schedule by their begin. */
const StoredRun = ScheduleRun.extend({ runId: z.string() })
type StoredRun = z.infer<typeof StoredRun>

/** All schedules by name. */
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
  /** Ends the look at the cluster. */
  signal: AbortSignal
}

/** Creates or replaces. AppError VALIDATION when it would never run, and what `checkInclude` throws. */
export async function putSchedule(
  deps: ScheduleDeps & Pick<ApiDeps, 'clusters'>,
  name: string,
  wanted: ScheduleRequest,
  { by, signal }: ScheduleWriter,
): Promise<{ created: boolean }> {
  checkCron(wanted)
  checkConcurrency(wanted.scan)
  const warnings = await checkInclude(deps, wanted.scan, signal)
  const updatedAt = new Date().toISOString()
  const stored: Stored = { ...wanted, createdBy: by, updatedAt, warnings }
  // First what is wanted, then what makes it happen: a process that dies in between is mended by the next start.
  const added = await deps.redis.hset(deps.keys.schedules, name, JSON.stringify(stored))
  if (wanted.paused) await deps.scheduleQueue.removeJobScheduler(name)
  else await arm(deps, name, wanted)
  return { created: added === 1 }
}

/** False when there was none. What it started goes on. */
export async function deleteSchedule(deps: ScheduleDeps, name: string): Promise<boolean> {
  const removed = await deps.redis.hdel(deps.keys.schedules, name)
  await deps.redis.hdel(deps.keys.scheduleRuns, name)
  await deps.scheduleQueue.removeJobScheduler(name)
  return removed === 1
}

export async function noteRun(deps: ScheduleDeps, name: string, run: StoredRun): Promise<void> {
  await deps.redis.hset(deps.keys.scheduleRuns, name, JSON.stringify(run))
}

/** Whether a later run of the schedule has come so far that it was noted. */
export async function isOvertaken(
  { redis, keys }: ScheduleDeps,
  name: string,
  runId: string,
): Promise<boolean> {
  const last = parse(StoredRun, await redis.hget(keys.scheduleRuns, name))
  return last !== undefined && last.runId > runId
}

/** Gives back its clock to every schedule that lost it. One that has it is left alone: a run may be due. */
export async function mendSchedules(deps: ScheduleDeps): Promise<void> {
  for (const { name, paused, ...schedule } of await listSchedules(deps)) {
    if (paused || (await deps.scheduleQueue.getJobScheduler(name))) continue
    await arm(deps, name, schedule)
  }
}

async function arm(
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
