import { z } from 'zod'
import { Budget, Scan, ScanId } from '@capstan/shared/contract/scan'
import type { App } from '../app-types.ts'
import {
  cancelScan,
  deleteScan,
  pauseScan,
  resumeScan,
  retryScan,
  type ControlDeps,
  type Controlled,
} from '../scans/control-scan.ts'

const ScanParams = z.object({ id: ScanId })
const RetryBody = z.strictObject({
  only: z
    .union([z.literal('failed'), z.array(z.string().min(1).max(520)).min(1).max(5_000)])
    .default('failed')
    .describe('`failed`, or the names of types that failed.'),
})

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
        body: RetryBody.nullish(),
        response: { 200: Scan, 202: Scan },
      },
    },
    async (request, reply) => {
      const by = request.principal?.name ?? 'local'
      const only = request.body?.only ?? 'failed'
      const names = only === 'failed' ? undefined : only
      const { changed, scan } = await retryScan(deps, request.params.id, by, names)
      return reply.code(changed ? 202 : 200).send(scan)
    },
  )
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
