import { z } from 'zod'
import { ScanPlan } from '@capstan/shared/contract/scan/scan-plan'
import { ScanRequest } from '@capstan/shared/contract/scan/scan-request'
import type { Scan } from '@capstan/shared/contract/scan/scan'
import { StartedScan } from '@capstan/shared/contract/scan/started-scan'
import type { App } from '../app-types.ts'
import type { ApiDeps } from '../deps.ts'
import { waitForScan } from '../events/wait-for-scan.ts'
import { preferredWaitMs } from '../http/read-preferred-wait.ts'
import { dryRun } from '../plan/dry-run.ts'
import { noSuchScan } from '../scans/read-scan.ts'
import { startScan } from '../scans/start-scan.ts'

/** The start of a scan. Who waits for its end is answered at once when `closing` fires. */
export function startScanRoute(app: App, deps: ApiDeps, closing: AbortSignal): void {
  app.post(
    '/scans',
    {
      config: { access: 'scan', idempotent: true },
      schema: {
        tags: ['scans'],
        summary: 'Start a scan, or plan one with dryRun',
        description: [
          'Includes that match no type, names of several types and excludes that match nothing are `warnings`; when nothing is left, or with `strict`, the request is refused.',
          'Joins a running scan of the cluster that covers the request, unless `onConflict` says otherwise; `joined` of the answer says why.',
          'Honours Idempotency-Key and `Prefer: wait=<seconds>` (up to 50), which waits for the whole scan, also for a joined one with more types than requested.',
        ].join(' '),
        body: ScanRequest,
        response: {
          200: z.union([StartedScan, ScanPlan]).describe('Joined, ended, or a plan.'),
          202: StartedScan,
        },
      },
    },
    async (request, reply) => {
      const { starts, expensive } = deps.work
      if (request.body.dryRun) {
        return expensive.run(() => dryRun(deps, request.body, request.signal))
      }
      const starter = { scanId: request.scanId, by: request.principal?.name ?? 'local' }
      const started = await starts.run(() => startScan(deps, request.body, starter, request.signal))
      const withinMs = preferredWaitMs(request, reply)
      const signal = AbortSignal.any([request.signal, closing])
      const scan = await atItsEnd(deps, started.scan, { withinMs, signal })
      void reply.header('location', scan.links.self)
      if (!scan.done) void reply.header('retry-after', '2')
      const { joined } = started
      // The plan warns of the same in the same words; a joined scan was planned for another request.
      const warnings = [...new Set([...started.warnings, ...scan.warnings])]
      const answer = { ...scan, warnings, ...(joined ? { joined } : {}) }
      return reply.code(scan.done || joined ? 200 : 202).send(answer)
    },
  )
}

async function atItsEnd(
  deps: ApiDeps,
  scan: Scan,
  patience: { withinMs: number; signal: AbortSignal },
): Promise<Scan> {
  if (patience.withinMs === 0) return scan
  const later = await waitForScan(deps, scan.id, ({ done }) => done, patience)
  if (!later) throw noSuchScan()
  return later
}
