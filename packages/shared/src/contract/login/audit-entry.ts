import { z } from 'zod'
import { Role } from './role.ts'

/** Recorded actions, named by their object. */
const AUDIT_ACTIONS = [
  'scan.started',
  'scan.joined',
  'scan.paused',
  'scan.resumed',
  'scan.canceled',
  'scan.retried',
  'scan.discarded',
  'scan.deleted',
  'capability.overridden',
  'capability.override-removed',
  'capability.deleted',
  'capabilities.deleted',
  'capabilities.imported',
  'capabilities.reindexed',
  'provider.tested',
  'provider.resumed',
  'queues.paused',
  'queues.resumed',
  'schedule.set',
  'schedule.deleted',
  'webhook.created',
  'webhook.changed',
  'webhook.deleted',
  'webhook.tested',
  'webhook.replayed',
  'session.started',
  'session.ended',
  'sessions.revoked',
  'login.failed',
] as const
export const AuditAction = z.enum(AUDIT_ACTIONS)
export type AuditAction = z.infer<typeof AuditAction>

/** One change, and who made it. Written after the change succeeded. */
export const AuditEntry = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  action: AuditAction,
  principal: z
    .string()
    .nullable()
    .describe(
      '`token:<name>`, `oidc:<name>`, `schedule:<name>`, `watcher` or `local`; null when unknown.',
    ),
  role: Role.nullable().describe('Role of the caller; null for the server itself.'),
  target: z.string().nullable().describe('Id or name of the changed object.'),
  detail: z.string().nullable(),
  requestId: z.string().nullable(),
  address: z.string().nullable().describe('Source address; only of logins.'),
})
export type AuditEntry = z.infer<typeof AuditEntry>
