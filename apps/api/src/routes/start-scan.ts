import { z } from 'zod'
import { Scan, ScanPlan, StartScan } from '@capstan/shared/contract/scan'
import type { App } from '../app-types.ts'
import type { ApiDeps } from '../deps.ts'
import { waitForScan } from '../events/wait-for-scan.ts'
import { preferredWaitMs } from '../http/prefer.ts'
import { dryRun } from '../scans/dry-run.ts'
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
        description: 'Honours Idempotency-Key and `Prefer: wait=<seconds>` (up to 50).',
        body: StartScan,
        response: { 200: z.union([Scan, ScanPlan]), 202: Scan },
      },
    },
    async (request, reply) => {
      if (request.body.dryRun) return dryRun(deps, request.body, request.signal)
      const asker = { scanId: request.scanId, by: request.principal?.name ?? 'local' }
      const started = await startScan(deps, request.body, asker, request.signal)
      const withinMs = preferredWaitMs(request, reply)
      const signal = AbortSignal.any([request.signal, closing])
      const scan = await atItsEnd(deps, started.scan, { withinMs, signal })
      void reply.header('location', scan.links.self)
      if (!scan.done) void reply.header('retry-after', '2')
      return reply.code(scan.done || started.joined ? 200 : 202).send(scan)
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
