import { getNextMillis } from 'bullmq'
import { AppError } from '@capstan/shared/errors'
import type { ScheduleRequest } from '@capstan/shared/contract/scan/schedule'

/** Throws AppError VALIDATION for an invalid time zone, or a pattern without a future time. */
export function checkCron({ cron, timeZone }: Pick<ScheduleRequest, 'cron' | 'timeZone'>): void {
  if (!isTimeZone(timeZone)) throw invalidScheduleError('timeZone', 'the time zone does not exist')
  // A pattern with six fields has seconds, which is too often for scans.
  if (cron.split(/\s+/).length !== 5) throw invalidScheduleError('cron', 'it must have five fields')
  if (!hasNextTime(cron, timeZone)) throw invalidScheduleError('cron', 'it has no future time')
}

function hasNextTime(pattern: string, tz: string): boolean {
  try {
    return getNextMillis(Date.now(), { pattern, tz }) !== undefined
  } catch {
    return false
  }
}

function isTimeZone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

function invalidScheduleError(field: 'cron' | 'timeZone', detail: string): AppError {
  return new AppError('VALIDATION', `The ${field} of the schedule is invalid: ${detail}`, {
    hint: 'Example: `0 3 * * *` with time zone `Europe/Berlin` runs every night at 03:00.',
    extra: { errors: [{ pointer: `#/${field}`, detail }] },
  })
}
