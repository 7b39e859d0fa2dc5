import { z } from 'zod'
import { ScanRequest } from './scan-request.ts'

export const ScheduleName = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/,
    'must be lower-case letters, digits and hyphens, at most 63',
  )

/** Body of PUT /schedules/{name}. */
export const ScheduleRequest = z.strictObject({
  cron: z
    .string()
    .trim()
    .max(120)
    .describe('Cron expression: minute, hour, day of month, month, day of week.'),
  timeZone: z
    .string()
    .trim()
    .min(1)
    .max(60)
    .default('UTC')
    .describe('IANA time zone, such as Europe/Berlin.'),
  /** The schedule is kept but does not run. */
  paused: z.boolean().default(false),
  scan: ScanRequest.omit({ dryRun: true }).prefault({}),
})
export type ScheduleRequest = z.infer<typeof ScheduleRequest>

export const ScheduleRun = z.object({
  at: z.iso.datetime(),
  /** The scan that the run started or joined. Null when it failed. */
  scanId: z.string().nullable(),
  joined: z.boolean(),
  /** The reason why no scan started. */
  problem: z.string().nullable(),
  /** The run retries until the route of its scan is admitted, or until the next run. */
  waiting: z.boolean(),
})
export type ScheduleRun = z.infer<typeof ScheduleRun>

export const Schedule = ScheduleRequest.extend({
  name: ScheduleName,
  /** Token of the last change. Scans of the schedule count towards the model limit of this token. */
  createdBy: z.string(),
  updatedAt: z.iso.datetime(),
  /** Unexpected matches of its patterns at the last change. */
  warnings: z.array(z.string()),
  /** Null while it is paused. */
  nextRunAt: z.iso.datetime().nullable(),
  lastRun: ScheduleRun.nullable(),
})
export type Schedule = z.infer<typeof Schedule>
