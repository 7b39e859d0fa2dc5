import { z } from 'zod'
import { Budget } from '@capstan/shared/contract/scan/budget'
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
  type Controlled,
} from '../scans/control-scan.ts'

const ScanParams = z.object({ id: ScanId })
const FailedTypes = z.strictObject({
  only: z
    .union([z.literal('failed'), z.array(z.string().min(1).max(520)).min(1).max(5_000)])
    .default('failed')
    .describe('`failed`, or the names of types that failed.'),
})
type FailedTypes = z.infer<typeof FailedTypes>

type Control = (deps: ControlDeps, scanId: string, by: string) => Promise<Controlled>
const CONTROLS: [path: string, summary: string, control: Control][] = [
  ['cancel', 'End a scan; what runs is aborted', cancelScan],
  ['pause', 'Start nothing more of a scan', pauseScan],
]

/** Everything that changes a scan. Repeating a request changes nothing and answers 200. */
export function scanControlRoutes(app: App, deps: ControlDeps): void {
  lifecycleRoutes(app, deps)
  resumeRoute(app, deps)
  retryRoute(app, deps)
  discardRoute(app, deps)
  deleteRoute(app, deps)
}

function lifecycleRoutes(app: App, deps: ControlDeps): void {
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

function resumeRoute(app: App, deps: ControlDeps): void {
  app.post(
    '/scans/:id/resume',
    {
      config: { access: 'scan' },
      schema: {
        tags: ['scans'],
        summary: 'Go on with a paused scan',
        description: 'A scan that its budget stopped needs more of what it ran out of.',
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

function retryRoute(app: App, deps: ControlDeps): void {
  app.post(
    '/scans/:id/retry',
    {
      config: { access: 'scan' },
      schema: {
        tags: ['scans'],
        summary: 'Run the failed types of a finished scan again',
        params: ScanParams,
        body: FailedTypes.nullish(),
        response: { 200: Scan, 202: Scan },
      },
    },
    async (request, reply) => {
      const by = request.principal?.name ?? 'local'
      const { changed, scan } = await retryScan(deps, request.params.id, by, namesOf(request.body))
      return reply.code(changed ? 202 : 200).send(scan)
    },
  )
}

function discardRoute(app: App, deps: ControlDeps): void {
  app.post(
    '/scans/:id/discard',
    {
      config: { access: 'scan' },
      schema: {
        tags: ['scans'],
        summary: 'Give up failed types of a finished scan',
        description:
          'They count as skipped from now on, and their failed jobs are removed. A scan with nothing else failed has succeeded then.',
        params: ScanParams,
        body: FailedTypes.nullish(),
        response: { 200: Scan },
      },
    },
    async (request) => discardFailed(deps, request.params.id, namesOf(request.body)),
  )
}

/** Undefined for all failed types. */
function namesOf(body: FailedTypes | null | undefined): string[] | undefined {
  const only = body?.only ?? 'failed'
  return only === 'failed' ? undefined : only
}

function deleteRoute(app: App, deps: ControlDeps): void {
  app.delete(
    '/scans/:id',
    {
      config: { access: 'scan' },
      schema: {
        tags: ['scans'],
        summary: 'Forget a finished scan; what it found stays',
        params: ScanParams,
        response: { 204: z.undefined().describe('Forgotten.') },
      },
    },
    async (request, reply) => {
      await deleteScan(deps, request.params.id)
      return reply.code(204).send()
    },
  )
}
