import { z } from 'zod'
import { ScheduleRequest, Schedule, ScheduleName } from '@capstan/shared/contract/scan/schedule'
import { AppError } from '@capstan/shared/errors'
import type { App } from '../app-types.ts'
import type { ApiDeps } from '../deps.ts'
import {
  deleteSchedule,
  listSchedules,
  putSchedule,
  readSchedule,
  type ScheduleDeps,
} from '../schedules/schedule-store.ts'
import { invalidRequest, parseWith } from '../validation/request-fault.ts'

const Params = z.object({ name: ScheduleName })
/** Of a new schedule: a bad name is the fault of the request, not a path without anything. */
const NewParams = z.object({ name: z.string().max(520) })

type RouteDeps = ScheduleDeps & Pick<ApiDeps, 'clusters'>

/** Scans by the clock. */
export function scheduleRoutes(app: App, deps: RouteDeps): void {
  app.get(
    '/schedules',
    {
      config: { access: 'read' },
      schema: {
        tags: ['schedules'],
        summary: 'List the schedules by name',
        response: { 200: z.object({ data: z.array(Schedule) }) },
      },
    },
    async () => ({ data: await listSchedules(deps) }),
  )
  app.get(
    '/schedules/:name',
    {
      config: { access: 'read' },
      schema: {
        tags: ['schedules'],
        summary: 'Read a schedule',
        params: Params,
        response: { 200: Schedule },
      },
    },
    async ({ params }) => found(deps, params.name),
  )
  writeRoutes(app, deps)
}

function writeRoutes(app: App, deps: RouteDeps): void {
  app.put(
    '/schedules/:name',
    {
      config: { access: 'scan' },
      schema: {
        tags: ['schedules'],
        summary: 'Create or replace a schedule',
        description: [
          'Includes and excludes are checked as by POST /scans; what they match otherwise than expected is in `warnings`.',
          'A cluster that does not answer is a warning, an unknown one is refused.',
          'A run joins a running scan of the cluster that covers it, as POST /scans does.',
          'While a bound refuses its model it waits, at most until the next run.',
        ].join(' '),
        params: NewParams,
        body: ScheduleRequest,
        response: { 200: Schedule, 201: Schedule },
      },
    },
    async (request, reply) => {
      const name = readName(request.params)
      const by = request.principal?.name ?? 'local'
      const { created } = await putSchedule(deps, name, request.body, {
        by,
        signal: request.signal,
      })
      return reply.code(created ? 201 : 200).send(await found(deps, name))
    },
  )
  app.delete(
    '/schedules/:name',
    {
      config: { access: 'scan' },
      schema: {
        tags: ['schedules'],
        summary: 'Delete a schedule; what it started goes on',
        params: Params,
        response: { 204: z.undefined().describe('Deleted.') },
      },
    },
    async ({ params }, reply) => {
      if (!(await deleteSchedule(deps, params.name))) throw noSuchSchedule()
      return reply.code(204).send()
    },
  )
}

/** AppError VALIDATION. */
function readName(params: z.infer<typeof NewParams>): string {
  const parsed = parseWith(Params, params)
  if ('faults' in parsed) throw invalidRequest('path', parsed.faults)
  return parsed.value.name
}

async function found(deps: ScheduleDeps, name: string): Promise<Schedule> {
  const schedule = await readSchedule(deps, name)
  if (!schedule) throw noSuchSchedule()
  return schedule
}

function noSuchSchedule(): AppError {
  return new AppError('NOT_FOUND', 'There is no such schedule', {
    hint: '`capstan get schedules`, or GET /api/v1/schedules, lists them.',
  })
}
