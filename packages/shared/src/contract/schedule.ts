import { z } from 'zod'
import { ScanRequest } from './scan-request.ts'

export const ScheduleName = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
    'must be small letters, digits and hyphens, at most 63',
  )

/** When to scan and what: the body of PUT /schedules/{name}. */
export const ScheduleRequest = z.strictObject({
  cron: z
    .string()
    .trim()
    .max(120)
    .describe('Five fields: minute, hour, day of month, month, day of week.'),
  timeZone: z.string().trim().min(1).max(60).default('UTC').describe('Such as Europe/Berlin.'),
  /** Kept, but it does not run. */
  paused: z.boolean().default(false),
  scan: ScanRequest.omit({ dryRun: true }).prefault({}),
})
export type ScheduleRequest = z.infer<typeof ScheduleRequest>

export const ScheduleRun = z.object({
  at: z.iso.datetime(),
  /** The scan it started or joined; null when it could not. */
  scanId: z.string().nullable(),
  joined: z.boolean(),
  /** Why no scan was started. */
  problem: z.string().nullable(),
  /** It tries again until the route of its scan is admitted, or until the next run begins. */
  waiting: z.boolean(),
})
export type ScheduleRun = z.infer<typeof ScheduleRun>

export const Schedule = ScheduleRequest.extend({
  name: ScheduleName,
  /** Who wrote it last. Its scans count for this token in the bound on models. */
  createdBy: z.string(),
  updatedAt: z.iso.datetime(),
  /** What its patterns matched otherwise than expected when it was written last. */
  warnings: z.array(z.string()),
  /** Null while it is paused. */
  nextRunAt: z.iso.datetime().nullable(),
  lastRun: ScheduleRun.nullable(),
})
export type Schedule = z.infer<typeof Schedule>
