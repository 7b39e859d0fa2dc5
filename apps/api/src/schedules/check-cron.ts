import { getNextMillis } from 'bullmq'
import { AppError } from '@capstan/shared/errors'
import type { ScheduleRequest } from '@capstan/shared/contract/scan/schedule'

/** AppError VALIDATION for a pattern or time zone that names no time to come. */
export function checkCron({ cron, timeZone }: Pick<ScheduleRequest, 'cron' | 'timeZone'>): void {
  if (!isTimeZone(timeZone)) throw invalid('timeZone', 'no such time zone')
  // With six the first would be seconds: nobody means to scan that often.
  if (cron.split(/\s+/).length !== 5) throw invalid('cron', 'it must have five fields')
  if (!comesUp(cron, timeZone)) throw invalid('cron', 'it names no time to come')
}

function comesUp(pattern: string, tz: string): boolean {
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

function invalid(field: 'cron' | 'timeZone', detail: string): AppError {
  return new AppError('VALIDATION', `The ${field} of the schedule cannot be used: ${detail}`, {
    hint: 'Such as `0 3 * * *` with time zone `Europe/Berlin`: every night at three.',
    extra: { errors: [{ pointer: `#/${field}`, detail }] },
  })
}
