import { z } from 'zod'
import { PageQuery, pageOf } from '@capstan/shared/contract/page'
import { Scan, ScanId, ScanPlan, ScanStatus, StartScan } from '@capstan/shared/contract/scan'
import type { App } from '../app-types.ts'
import type { ApiDeps } from '../deps.ts'
import { waitForScan } from '../events/wait-for-scan.ts'
import { matches, sendWithEtag } from '../http/etag.ts'
import { linkNext } from '../http/link-next.ts'
import { preferredWaitMs } from '../http/prefer.ts'
import { dryRun } from '../scans/dry-run.ts'
import { noSuchScan } from '../scans/read-scan.ts'
import { startScan } from '../scans/start-scan.ts'

const ScanParams = z.object({ id: ScanId })
const ListQuery = PageQuery.extend({
  status: ScanStatus.optional(),
  cluster: z.string().max(253).optional(),
  createdAfter: z.iso.datetime({ offset: true }).optional(),
  // `label.team=platform`: the names are the caller's own.
}).catchall(z.string().max(128))

/** Start, list and read scans. Who waits for a scan is answered at once when `closing` fires. */
export function scanRoutes(app: App, deps: ApiDeps, closing: AbortSignal): void {
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
      const by = request.principal?.name ?? 'local'
      const asker = { scanId: request.scanId, by }
      const started = await startScan(deps, request.body, asker, request.signal)
      const withinMs = preferredWaitMs(request, reply)
      const scan =
        withinMs === 0
          ? started.scan
          : await ended(deps, started.scan.id, {
              withinMs,
              signal: AbortSignal.any([request.signal, closing]),
            })
      void reply.header('location', scan.links.self)
      if (!scan.done) void reply.header('retry-after', '2')
      return reply.code(scan.done || started.joined ? 200 : 202).send(scan)
    },
  )

  app.get(
    '/scans',
    {
      config: { access: 'read' },
      schema: {
        tags: ['scans'],
        summary: 'List scans, newest first',
        description: 'Labels are filtered by `label.<name>=<value>`.',
        querystring: ListQuery,
        response: { 200: pageOf(Scan) },
      },
    },
    async (request, reply) => {
      const page = await deps.journal.scans(listQuery(request.query))
      linkNext(request, reply, page)
      return page
    },
  )

  app.get(
    '/scans/:id',
    {
      config: { access: 'read' },
      schema: {
        tags: ['scans'],
        summary: 'Read a scan',
        description:
          'With `Prefer: wait=<seconds>` (up to 50) it answers at the end of the scan, or with If-None-Match as soon as the scan has changed.',
        params: ScanParams,
        response: { 200: Scan, 304: z.undefined().describe('Nothing has changed.') },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const seen = request.headers['if-none-match']
      const withinMs = preferredWaitMs(request, reply)
      const enough = (scan: Scan): boolean =>
        scan.done || (seen !== undefined && !matches(seen, etagOf(scan)))
      const scan =
        withinMs === 0
          ? await deps.journal.scan(id)
          : await waitForScan(deps, id, enough, {
              withinMs,
              signal: AbortSignal.any([request.signal, closing]),
            })
      if (!scan) throw noSuchScan()
      return sendWithEtag(request, reply, etagOf(scan), scan)
    },
  )
}

/** Weak: every change of a scan is an event, only the estimate of the rest moves between events. */
function etagOf({ lastSeq, runAttempt }: Scan): string {
  return `W/"${runAttempt}.${lastSeq}"`
}

async function ended(
  deps: ApiDeps,
  scanId: string,
  patience: { withinMs: number; signal: AbortSignal },
): Promise<Scan> {
  const scan = await waitForScan(deps, scanId, ({ done }) => done, patience)
  if (!scan) throw noSuchScan()
  return scan
}

function listQuery({
  limit,
  cursor,
  status,
  cluster,
  createdAfter,
  ...rest
}: z.infer<typeof ListQuery>) {
  const labels = Object.entries(rest)
    .filter(([name]) => name.startsWith('label.'))
    .map(([name, value]) => [name.slice('label.'.length), value])
  return {
    limit,
    ...(cursor === undefined ? {} : { cursor }),
    ...(status === undefined ? {} : { status }),
    ...(cluster === undefined ? {} : { cluster }),
    ...(createdAfter === undefined ? {} : { createdAfter: new Date(createdAfter).toISOString() }),
    ...(labels.length === 0
      ? {}
      : { labels: Object.fromEntries(labels) as Record<string, string> }),
  }
}
