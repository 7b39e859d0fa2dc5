import { z } from 'zod'
import { PageQuery, pageSchema } from '@capstan/shared/contract/page'
import { Scan } from '@capstan/shared/contract/scan/scan'
import { ScanId } from '@capstan/shared/contract/scan/scan-id'
import { ScanStatus } from '@capstan/shared/contract/scan/scan-status'
import type { App } from '../app-types.ts'
import type { ApiDeps } from '../deps.ts'
import { waitForScan } from '../events/wait-for-scan.ts'
import { matches, sendWithEtag } from '../http/etag.ts'
import { linkNext } from '../http/add-next-link.ts'
import { preferredWaitMs } from '../http/read-preferred-wait.ts'
import { readClusterName } from '../clusters/open-cluster.ts'
import { noSuchScan } from '../scans/read-scan.ts'

type ReadDeps = Pick<ApiDeps, 'journal' | 'hub'>

const ListQuery = PageQuery.extend({
  status: ScanStatus.optional(),
  cluster: z.string().min(1).max(253).optional(),
  createdAfter: z.iso.datetime({ offset: true }).optional(),
  // `label.team=platform`: the names are the caller's own.
}).catchall(z.string().max(128))

type ListDeps = Pick<ApiDeps, 'journal' | 'clusters' | 'catalog'>

export function listScansRoute(app: App, deps: ListDeps): void {
  app.get(
    '/scans',
    {
      config: { access: 'read', openQuery: 'label.' },
      schema: {
        tags: ['scans'],
        summary: 'List scans, newest first',
        description: 'Labels are filtered by `label.<name>=<value>`.',
        querystring: ListQuery,
        response: { 200: pageSchema(Scan) },
      },
    },
    async (request, reply) => {
      const { cluster } = request.query
      const name = cluster === undefined ? undefined : await readClusterName(deps, cluster)
      const page = await deps.journal.scans({
        ...listQuery(request.query),
        ...given({ cluster: name }),
      })
      linkNext(request, reply, page)
      return page
    },
  )
}

/** Reads one scan. Who waits for it is answered at once when `closing` fires. */
export function readScanRoute(app: App, deps: ReadDeps, closing: AbortSignal): void {
  app.get(
    '/scans/:id',
    {
      config: { access: 'read' },
      schema: {
        tags: ['scans'],
        summary: 'Read a scan',
        description:
          'With `Prefer: wait=<seconds>` (up to 50) it answers at the end of the scan, or with If-None-Match as soon as the scan has changed.',
        params: z.object({ id: ScanId }),
        response: { 200: Scan, 304: z.undefined().describe('Nothing has changed.') },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const seen = request.headers['if-none-match']
      const withinMs = preferredWaitMs(request, reply)
      const enough = (scan: Scan): boolean =>
        scan.done || (seen !== undefined && !matches(seen, etagOf(scan)))
      const signal = AbortSignal.any([request.signal, closing])
      const scan =
        withinMs === 0
          ? await deps.journal.scan(id)
          : await waitForScan(deps, id, enough, { withinMs, signal })
      if (!scan) throw noSuchScan()
      return sendWithEtag(request, reply, etagOf(scan), scan)
    },
  )
}

/** Weak: every change of a scan is an event, only the estimate of the rest moves between events. */
function etagOf({ lastSeq, runAttempt }: Scan): string {
  return `W/"${runAttempt}.${lastSeq}"`
}

function listQuery({ createdAfter, ...query }: z.infer<typeof ListQuery>) {
  const { limit, cursor, status, cluster: _, ...rest } = query
  const labels: Record<string, string> = {}
  for (const [name, value] of Object.entries(rest)) {
    if (name.startsWith('label.')) labels[name.slice('label.'.length)] = value
  }
  const after = createdAfter === undefined ? undefined : new Date(createdAfter).toISOString()
  return { limit, labels, ...given({ cursor, status, createdAfter: after }) }
}

/** Without the members that are undefined: interfaces tell an absent filter from an undefined one. */
function given<T extends Record<string, unknown>>(values: T) {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined)
  // Names and types are those of `values`; only undefined ones are gone.
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> }
}
