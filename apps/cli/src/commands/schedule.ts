import { z } from 'zod'
import { ScheduleRequest, Schedule, ScheduleName } from '@capstan/shared/contract/scan/schedule'
import { CliError } from '../cli-error.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { printOne } from '../output/print-one.ts'
import { note, type Session } from '../session.ts'

export interface ScheduleOptions {
  cron: string
  timeZone?: string
  exclude?: string[]
  cluster?: string
  full?: boolean
  concurrency?: number
  label?: Record<string, string>
}

/** Creates or replaces a schedule. */
export async function setSchedule(
  session: Session,
  [name, ...include]: [string, ...string[]],
  options: ScheduleOptions,
): Promise<ExitCode> {
  const { cron, timeZone, exclude, cluster, full, concurrency, label: labels } = options
  const scan = {
    include: include.length > 0 ? include : undefined,
    exclude,
    cluster,
    labels,
    concurrency,
    mode: full ? 'full' : undefined,
  }
  return put(session, name, { cron, timeZone, scan })
}

/** Keeps a schedule but does not run it, or runs it again. */
export async function pauseSchedule(
  session: Session,
  name: string,
  paused: boolean,
): Promise<ExitCode> {
  const signal = session.io.interrupted
  const now = await session.api.get(pathOf(session, name), Schedule, { signal })
  return put(session, name, ScheduleRequest.parse({ ...wantedOf(now), paused }))
}

export async function removeSchedule(session: Session, name: string): Promise<ExitCode> {
  const signal = session.io.interrupted
  await session.api.remove(pathOf(session, name), z.undefined(), { signal })
  note(session, `Removed ${name}. Scans that it started go on.`)
  return EXIT.ok
}

async function put(session: Session, name: string, body: unknown): Promise<ExitCode> {
  const signal = session.io.interrupted
  const { value } = await session.api.put(pathOf(session, name), Schedule, { body, signal })
  const next = value.paused ? 'is paused' : `runs next at ${value.nextRunAt ?? 'no time'}`
  note(session, `${name} ${next}.`)
  if (session.format !== undefined) printOne(session, value, { name, forPeople: () => `${name}\n` })
  return EXIT.ok
}

/** What a schedule is to be, without what the server adds. */
function wantedOf({ cron, timeZone, scan }: Schedule) {
  return { cron, timeZone, scan }
}

/** Checked here: anything else in the path would ask for something else. */
function pathOf({ program }: Session, name: string): string {
  if (ScheduleName.safeParse(name).success) return `/schedules/${name}`
  throw new CliError(`"${name}" cannot be the name of a schedule`, {
    exitCode: EXIT.usage,
    why: 'A name is small letters, digits and hyphens, at most 63.',
    fix: `List them: ${program} get schedules`,
  })
}
