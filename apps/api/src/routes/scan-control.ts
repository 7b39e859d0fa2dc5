import { z } from 'zod'
import { Budget } from '@capstan/shared/contract/scan/budget'
import { FailedTypes } from '@capstan/shared/contract/scan/failed-types'
import { Scan } from '@capstan/shared/contract/scan/scan'
import { ScanId } from '@capstan/shared/contract/scan/scan-id'
import type { AuditAction } from '@capstan/shared/contract/login/audit-entry'
import { requirePrincipal } from '../access/principal.ts'
import type { App } from '../app-types.ts'
import { auditRequest } from '../audit/audit-request.ts'
import type { ApiDeps } from '../deps.ts'
import {
  cancelScan,
  deleteScan,
  discardFailed,
  pauseScan,
  resumeScan,
  retryScan,
  type ControlDeps,
  type ControlResult,
} from '../scans/control-scan.ts'

const ScanParams = z.object({ id: ScanId })

type Control = (deps: ControlDeps, scanId: string, by: string) => Promise<ControlResult>
const CONTROLS: [path: string, summary: string, control: Control, action: AuditAction][] = [
  ['cancel', 'Cancel a scan and abort its running calls', cancelScan, 'scan.canceled'],
  ['pause', 'Pause a scan', pauseScan, 'scan.paused'],
]

type RouteDeps = ControlDeps & Pick<ApiDeps, 'audit'>

/** Adds the routes that change a scan. Repeating a request changes nothing and returns 200. */
export function addScanControlRoutes(app: App, deps: RouteDeps): void {
  addLifecycleRoutes(app, deps)
  addResumeRoute(app, deps)
  addRetryRoute(app, deps)
  addDiscardRoute(app, deps)
  addDeleteRoute(app, deps)
}

function addLifecycleRoutes(app: App, deps: RouteDeps): void {
  for (const [path, summary, control, action] of CONTROLS) {
    app.post(
      `/scans/:id/${path}`,
      {
        schema: {
          operationId: `${path}Scan`,
          tags: ['scans'],
          summary,
          params: ScanParams,
          response: { 200: Scan, 202: Scan },
        },
      },
      async (request, reply) => {
        const by = requirePrincipal(request).name
        const { changed, scan } = await control(deps, request.params.id, by)
        if (changed) await auditRequest(deps, request, action, scan.id)
        return reply.code(changed ? 202 : 200).send(scan)
      },
    )
  }
}

function addResumeRoute(app: App, deps: RouteDeps): void {
  app.post(
    '/scans/:id/resume',
    {
      schema: {
        operationId: 'resumeScan',
        tags: ['scans'],
        summary: 'Resume a paused scan',
        description: 'A scan that was stopped by its budget needs a larger limit.',
        params: ScanParams,
        body: z.strictObject({ budget: Budget.default({}) }).nullish(),
        response: { 200: Scan, 202: Scan },
      },
    },
    async (request, reply) => {
      const by = requirePrincipal(request).name
      const budget = request.body?.budget
      const { changed, scan } = await resumeScan(deps, request.params.id, by, budget)
      if (changed) await auditRequest(deps, request, 'scan.resumed', scan.id)
      return reply.code(changed ? 202 : 200).send(scan)
    },
  )
}

function addRetryRoute(app: App, deps: RouteDeps): void {
  app.post(
    '/scans/:id/retry',
    {
      schema: {
        operationId: 'retryScan',
        tags: ['scans'],
        summary: 'Retry failed types of a finished scan',
        params: ScanParams,
        body: FailedTypes.nullish(),
        response: { 200: Scan, 202: Scan },
      },
    },
    async (request, reply) => {
      const by = requirePrincipal(request).name
      const { changed, scan } = await retryScan(
        deps,
        request.params.id,
        by,
        readNames(request.body),
      )
      if (changed) await auditRequest(deps, request, 'scan.retried', scan.id)
      return reply.code(changed ? 202 : 200).send(scan)
    },
  )
}

function addDiscardRoute(app: App, deps: RouteDeps): void {
  app.post(
    '/scans/:id/discard',
    {
      schema: {
        operationId: 'discardFailures',
        tags: ['scans'],
        summary: 'Discard failed types of a finished scan',
        description:
          'The types count as skipped, and their failed jobs are removed. A scan without other failures becomes succeeded.',
        params: ScanParams,
        body: FailedTypes.nullish(),
        response: { 200: Scan },
      },
    },
    async (request) => {
      const scan = await discardFailed(deps, request.params.id, readNames(request.body))
      await auditRequest(deps, request, 'scan.discarded', scan.id)
      return scan
    },
  )
}

/** Undefined for all failed types. */
function readNames(body: FailedTypes | null | undefined): string[] | undefined {
  const only = body?.only ?? 'failed'
  return only === 'failed' ? undefined : only
}

function addDeleteRoute(app: App, deps: RouteDeps): void {
  app.delete(
    '/scans/:id',
    {
      schema: {
        operationId: 'deleteScan',
        tags: ['scans'],
        summary: 'Delete a finished scan and keep its capabilities',
        params: ScanParams,
        response: { 204: z.undefined().describe('Deleted.') },
      },
    },
    async (request, reply) => {
      await deleteScan(deps, request.params.id)
      await auditRequest(deps, request, 'scan.deleted', request.params.id)
      return reply.code(204).send()
    },
  )
}
