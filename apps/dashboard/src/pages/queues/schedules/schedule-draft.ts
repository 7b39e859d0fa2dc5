import type { ScanInput } from '../../../data/api.ts'

/** A new schedule as a person fills it in. */
export interface ScheduleDraft {
  name: string
  cron: string
  timeZone: string
  /** Patterns of types, separated by spaces or commas. Empty: all types. */
  include: string
  /** Empty: the configured cluster. */
  cluster: string
}

/** Every night, in the time zone of the reader. */
export function createScheduleDraft(): ScheduleDraft {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
  return { name: 'nightly', cron: '0 3 * * *', timeZone, include: '', cluster: '' }
}

/** Returns the body of the request. Defaults of the server are left out. */
export function toScheduleInput({ cron, timeZone, include, cluster }: ScheduleDraft): {
  cron: string
  timeZone: string
  paused: boolean
  scan: ScanInput
} {
  const patterns = include.split(/[\s,]+/).filter((pattern) => pattern !== '')
  return {
    cron: cron.trim(),
    timeZone: timeZone.trim(),
    paused: false,
    scan: {
      ...(patterns.length > 0 ? { include: patterns } : {}),
      ...(cluster.trim() === '' ? {} : { cluster: cluster.trim() }),
    },
  }
}
