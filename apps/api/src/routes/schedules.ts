import { z } from 'zod'
import { ScheduleRequest, Schedule, ScheduleName } from '@capstan/shared/contract/scan/schedule'
import { AppError } from '@capstan/shared/errors'
import type { App } from '../app-types.ts'
import { auditRequest } from '../audit/audit-request.ts'
import type { ApiDeps } from '../deps.ts'
import {
  deleteSchedule,
  listSchedules,
  putSchedule,
  readSchedule,
  type ScheduleDeps,
} from '../schedules/schedule-store.ts'
import { invalidRequestError, parseWith } from '../validation/request-fault.ts'

const Params = z.object({ name: ScheduleName })
/** Accepts any name of a new schedule: an invalid name is a fault of the request (400), not an unknown path (404). */
const NewParams = z.object({ name: z.string().max(520) })

type RouteDeps = ScheduleDeps & Pick<ApiDeps, 'clusters' | 'audit'>

/** Adds the routes of schedules, which start scans by cron patterns. */
export function addScheduleRoutes(app: App, deps: RouteDeps): void {
  app.get(
    '/schedules',
    {
      schema: {
        operationId: 'listSchedules',
        tags: ['schedules'],
        summary: 'List the schedules, ordered by name',
        response: { 200: z.object({ data: z.array(Schedule) }) },
      },
    },
    async () => ({ data: await listSchedules(deps) }),
  )
  app.get(
    '/schedules/:name',
    {
      schema: {
        operationId: 'getSchedule',
        tags: ['schedules'],
        summary: 'Read a schedule',
        params: Params,
        response: { 200: Schedule },
      },
    },
    async ({ params }) => readExisting(deps, params.name),
  )
  addWriteRoutes(app, deps)
}

function addWriteRoutes(app: App, deps: RouteDeps): void {
  app.put(
    '/schedules/:name',
    {
      schema: {
        operationId: 'putSchedule',
        tags: ['schedules'],
        summary: 'Create or replace a schedule',
        description: [
          'Includes and excludes are checked as by POST /scans, with surprising matches in `warnings`.',
          'A cluster that does not answer is a warning. An unknown cluster is rejected.',
          'A run joins a running scan of the cluster that covers it, as POST /scans does.',
          'While a bound rejects its model, a run waits, at most until the next run.',
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
      await auditRequest(deps, request, 'schedule.set', name)
      return reply.code(created ? 201 : 200).send(await readExisting(deps, name))
    },
  )
  app.delete(
    '/schedules/:name',
    {
      schema: {
        operationId: 'deleteSchedule',
        tags: ['schedules'],
        summary: 'Delete a schedule without canceling its scans',
        params: Params,
        response: { 204: z.undefined().describe('Deleted.') },
      },
    },
    async (request, reply) => {
      const { name } = request.params
      if (!(await deleteSchedule(deps, name))) throw unknownScheduleError()
      await auditRequest(deps, request, 'schedule.deleted', name)
      return reply.code(204).send()
    },
  )
}

/** Returns the name, or throws AppError VALIDATION. */
function readName(params: z.infer<typeof NewParams>): string {
  const parsed = parseWith(Params, params)
  if ('faults' in parsed) throw invalidRequestError('path', parsed.faults)
  return parsed.value.name
}

async function readExisting(deps: ScheduleDeps, name: string): Promise<Schedule> {
  const schedule = await readSchedule(deps, name)
  if (!schedule) throw unknownScheduleError()
  return schedule
}

function unknownScheduleError(): AppError {
  return new AppError('NOT_FOUND', 'The schedule does not exist', {
    hint: '`capstan get schedules`, or GET /api/v1/schedules, lists the schedules.',
  })
}
