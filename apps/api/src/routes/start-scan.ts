import { z } from 'zod'
import { ScanPlan } from '@capstan/shared/contract/scan/scan-plan'
import { ScanRequest } from '@capstan/shared/contract/scan/scan-request'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { StartedScan } from '@capstan/shared/contract/scan/started-scan'
import { requirePrincipal } from '../access/principal.ts'
import type { App } from '../app-types.ts'
import type { ApiDeps } from '../deps.ts'
import { waitForScan } from '../events/wait-for-scan.ts'
import { readPreferredWaitMs } from '../http/read-preferred-wait.ts'
import { dryRun } from '../plan/dry-run.ts'
import { scanNotFoundError } from '../scans/require-scan.ts'
import { startScan } from '../scans/start-scan.ts'

/** Adds the start of scans. Waiting requests return when `closing` fires. */
export function addStartScanRoute(app: App, deps: ApiDeps, closing: AbortSignal): void {
  app.post(
    '/scans',
    {
      config: { idempotent: true },
      schema: {
        operationId: 'startScan',
        tags: ['scans'],
        summary: 'Start a scan, or preview it with dryRun',
        description: [
          'Includes and excludes without a match, and ambiguous names, are `warnings`. The request is rejected when no type is left, or with `strict` when an include matches no type.',
          'Joins a running scan of the cluster that covers the request, unless `onConflict` forbids it; `joined` of the response has the reason.',
          'Supports Idempotency-Key and `Prefer: wait=<seconds>` (up to 50), which waits for the whole scan, even if a joined scan has more types.',
        ].join(' '),
        body: ScanRequest,
        response: {
          200: z.union([StartedScan, ScanPlan]).describe('A joined or finished scan, or a plan.'),
          202: StartedScan,
        },
      },
    },
    async (request, reply) => {
      const { starts, expensive } = deps.work
      if (request.body.dryRun) {
        return expensive.run(() => dryRun(deps, request.body, request.signal))
      }
      const { name: by, role } = requirePrincipal(request)
      const starter = { scanId: request.scanId, by, caller: { role, requestId: request.id } }
      const started = await starts.run(() => startScan(deps, request.body, starter, request.signal))
      const withinMs = readPreferredWaitMs(request, reply)
      const signal = AbortSignal.any([request.signal, closing])
      const scan = await waitForEnd(deps, started.scan, { withinMs, signal })
      void reply.header('location', scan.links.self)
      if (!scan.done) void reply.header('retry-after', '2')
      const { joined } = started
      // The plan repeats these warnings in the same words. A joined scan was planned for another request.
      const warnings = [...new Set([...started.warnings, ...scan.warnings])]
      const answer = { ...scan, warnings, ...(joined ? { joined } : {}) }
      return reply.code(scan.done || joined ? 200 : 202).send(answer)
    },
  )
}

async function waitForEnd(
  deps: ApiDeps,
  scan: Scan,
  options: { withinMs: number; signal: AbortSignal },
): Promise<Scan> {
  if (options.withinMs === 0) return scan
  const later = await waitForScan(deps, scan.id, ({ done }) => done, options)
  if (!later) throw scanNotFoundError()
  return later
}
