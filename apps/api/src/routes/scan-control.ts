import { z } from 'zod'
import { Budget } from '@capstan/shared/contract/scan/budget'
import { FailedTypes } from '@capstan/shared/contract/scan/failed-types'
import { Scan } from '@capstan/shared/contract/scan/scan'
import { ScanId } from '@capstan/shared/contract/scan/scan-id'
import type { App } from '../app-types.ts'
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
const CONTROLS: [path: string, summary: string, control: Control][] = [
  ['cancel', 'Cancel a scan and abort its running calls', cancelScan],
  ['pause', 'Pause a scan', pauseScan],
]

/** Adds the routes that change a scan. Repeating a request changes nothing and returns 200. */
export function addScanControlRoutes(app: App, deps: ControlDeps): void {
  addLifecycleRoutes(app, deps)
  addResumeRoute(app, deps)
  addRetryRoute(app, deps)
  addDiscardRoute(app, deps)
  addDeleteRoute(app, deps)
}

function addLifecycleRoutes(app: App, deps: ControlDeps): void {
  for (const [path, summary, control] of CONTROLS) {
    app.post(
      `/scans/:id/${path}`,
      {
        config: { access: 'scan' },
        schema: {
          tags: ['scans'],
          summary,
          params: ScanParams,
          response: { 200: Scan, 202: Scan },
        },
      },
      async (request, reply) => {
        const by = request.principal?.name ?? 'local'
        const { changed, scan } = await control(deps, request.params.id, by)
        return reply.code(changed ? 202 : 200).send(scan)
      },
    )
  }
}

function addResumeRoute(app: App, deps: ControlDeps): void {
  app.post(
    '/scans/:id/resume',
    {
      config: { access: 'scan' },
      schema: {
        tags: ['scans'],
        summary: 'Resume a paused scan',
        description: 'A scan that was stopped by its budget needs a larger limit.',
        params: ScanParams,
        body: z.strictObject({ budget: Budget.default({}) }).nullish(),
        response: { 200: Scan, 202: Scan },
      },
    },
    async (request, reply) => {
      const by = request.principal?.name ?? 'local'
      const budget = request.body?.budget
      const { changed, scan } = await resumeScan(deps, request.params.id, by, budget)
      return reply.code(changed ? 202 : 200).send(scan)
    },
  )
}

function addRetryRoute(app: App, deps: ControlDeps): void {
  app.post(
    '/scans/:id/retry',
    {
      config: { access: 'scan' },
      schema: {
        tags: ['scans'],
        summary: 'Retry failed types of a finished scan',
        params: ScanParams,
        body: FailedTypes.nullish(),
        response: { 200: Scan, 202: Scan },
      },
    },
    async (request, reply) => {
      const by = request.principal?.name ?? 'local'
      const { changed, scan } = await retryScan(
        deps,
        request.params.id,
        by,
        readNames(request.body),
      )
      return reply.code(changed ? 202 : 200).send(scan)
    },
  )
}

function addDiscardRoute(app: App, deps: ControlDeps): void {
  app.post(
    '/scans/:id/discard',
    {
      config: { access: 'scan' },
      schema: {
        tags: ['scans'],
        summary: 'Discard failed types of a finished scan',
        description:
          'The types count as skipped, and their failed jobs are removed. A scan without other failures becomes succeeded.',
        params: ScanParams,
        body: FailedTypes.nullish(),
        response: { 200: Scan },
      },
    },
    async (request) => discardFailed(deps, request.params.id, readNames(request.body)),
  )
}

/** Undefined for all failed types. */
function readNames(body: FailedTypes | null | undefined): string[] | undefined {
  const only = body?.only ?? 'failed'
  return only === 'failed' ? undefined : only
}

function addDeleteRoute(app: App, deps: ControlDeps): void {
  app.delete(
    '/scans/:id',
    {
      config: { access: 'scan' },
      schema: {
        tags: ['scans'],
        summary: 'Delete a finished scan and keep its capabilities',
        params: ScanParams,
        response: { 204: z.undefined().describe('Deleted.') },
      },
    },
    async (request, reply) => {
      await deleteScan(deps, request.params.id)
      return reply.code(204).send()
    },
  )
}
