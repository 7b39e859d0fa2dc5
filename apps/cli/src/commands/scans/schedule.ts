import { z } from 'zod'
import { ScheduleRequest, Schedule, ScheduleName } from '@capstan/shared/contract/scan/schedule'
import { CliError } from '../../cli-error.ts'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import { printOne } from '../../output/print-one.ts'
import { printNote, type CliSession } from '../../cli-session.ts'

export interface ScheduleOptions {
  cron: string
  timeZone?: string
  exclude?: string[]
  cluster?: string
  full?: boolean
  curated?: boolean
  concurrency?: number
  label?: Record<string, string>
}

/** Creates or replaces a schedule. */
export async function setSchedule(
  session: CliSession,
  [name, ...include]: [string, ...string[]],
  options: ScheduleOptions,
): Promise<ExitCode> {
  const { cron, timeZone, exclude, cluster, full, curated, concurrency, label: labels } = options
  const scan = {
    include: include.length > 0 ? include : undefined,
    exclude,
    cluster,
    labels,
    concurrency,
    curated,
    mode: full ? 'full' : undefined,
  }
  return put(session, name, { cron, timeZone, scan })
}

/** Pauses or resumes a schedule. */
export async function pauseSchedule(
  session: CliSession,
  name: string,
  paused: boolean,
): Promise<ExitCode> {
  const signal = session.io.interrupted
  const now = await session.api.get(buildSchedulePath(session, name), Schedule, { signal })
  return put(session, name, ScheduleRequest.parse({ ...pickSettings(now), paused }))
}

export async function removeSchedule(session: CliSession, name: string): Promise<ExitCode> {
  const signal = session.io.interrupted
  await session.api.remove(buildSchedulePath(session, name), z.undefined(), { signal })
  printNote(session, `Removed ${name}. Scans that it started continue.`)
  return EXIT.ok
}

async function put(session: CliSession, name: string, body: unknown): Promise<ExitCode> {
  const signal = session.io.interrupted
  const { value } = await session.api.put(buildSchedulePath(session, name), Schedule, {
    body,
    signal,
  })
  const next = value.paused ? 'is paused' : `runs next at ${value.nextRunAt ?? 'no time'}`
  printNote(session, `${name} ${next}.`)
  if (session.format !== undefined) printOne(session, value, { name, forPeople: () => `${name}\n` })
  return EXIT.ok
}

/** The writable fields of a schedule. */
function pickSettings({ cron, timeZone, scan }: Schedule) {
  return { cron, timeZone, scan }
}

/** Validated here: any other text would change the request path. */
function buildSchedulePath({ program }: CliSession, name: string): string {
  if (ScheduleName.safeParse(name).success) return `/schedules/${name}`
  throw new CliError(`"${name}" is not a valid schedule name`, {
    exitCode: EXIT.usage,
    why: 'A name consists of at most 63 lowercase letters, digits and hyphens.',
    fix: `List them: ${program} get schedules`,
  })
}
