import { z } from 'zod'
import { SessionCaller } from '@capstan/shared/contract/login/session'
import type { App } from '../../app-types.ts'
import { auditRequest } from '../../audit/audit-request.ts'
import type { SessionDeps } from './start-token-session.ts'

/** Adds the list of callers with sessions, and the end of all sessions of one of them. */
export function addSessionListRoutes(
  app: App,
  { sessions, audit }: Pick<SessionDeps, 'sessions' | 'audit'>,
): void {
  app.get(
    '/sessions',
    {
      schema: {
        operationId: 'listSessions',
        tags: ['session'],
        summary: 'List the callers with sessions, ordered by name',
        response: { 200: z.object({ data: z.array(SessionCaller) }) },
      },
    },
    async () => ({ data: await sessions.listCallers() }),
  )
  app.delete(
    '/sessions/:id',
    {
      schema: {
        operationId: 'endSessions',
        tags: ['session'],
        summary: 'End all sessions of a caller',
        description:
          'The caller may log in again, unless its token or its role at the issuer is removed as well.',
        params: z.object({ id: z.string().max(200) }),
        response: { 200: z.object({ ended: z.int() }) },
      },
    },
    async (request) => {
      const { id } = request.params
      const ended = await sessions.endAll(id)
      if (ended > 0)
        await auditRequest({ audit }, request, 'sessions.revoked', id, `${ended} sessions`)
      return { ended }
    },
  )
}
