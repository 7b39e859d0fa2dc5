import { AuditEntry } from '@capstan/shared/contract/login/audit-entry'
import { PageQuery, pageSchema } from '@capstan/shared/contract/page'
import type { App } from '../../app-types.ts'
import type { AuditLog } from '../../audit/audit-log.ts'
import { addNextLink } from '../../http/add-next-link.ts'

/** Adds the list of changes and who made them. */
export function addAuditRoute(app: App, { audit }: { audit: Pick<AuditLog, 'list'> }): void {
  app.get(
    '/audit',
    {
      schema: {
        operationId: 'listAuditEntries',
        tags: ['session'],
        summary: 'List changes and who made them, newest first',
        description:
          'At least the newest 10,000 changes and 1,000 failed logins. An entry is written after the change has succeeded.',
        querystring: PageQuery,
        response: { 200: pageSchema(AuditEntry) },
      },
    },
    async (request, reply) => {
      const page = await audit.list(request.query)
      addNextLink(request, reply, page)
      return page
    },
  )
}
