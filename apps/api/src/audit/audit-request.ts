import type { FastifyRequest } from 'fastify'
import type { AuditAction } from '@capstan/shared/contract/login/audit-entry'
import { requirePrincipal } from '../access/principal.ts'
import type { AuditLog } from './audit-log.ts'

/** Records a successful change that a request has made. */
export function auditRequest(
  { audit }: { audit: Pick<AuditLog, 'write'> },
  request: Pick<FastifyRequest, 'principal' | 'id'>,
  action: AuditAction,
  ...[target, detail]: [target?: string, detail?: string]
): Promise<void> {
  const { name, role } = requirePrincipal(request)
  return audit.write({
    action,
    principal: name,
    role,
    target: target ?? null,
    detail: detail ?? null,
    requestId: request.id,
  })
}
