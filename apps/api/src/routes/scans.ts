import { z } from 'zod'
import { pageSchema } from '@capstan/shared/contract/page'
import { Scan } from '@capstan/shared/contract/scan/scan'
import { ScanId } from '@capstan/shared/contract/scan/scan-id'
import { ScansQuery } from '@capstan/shared/contract/scan/scans-query'
import { omitUndefined } from '@capstan/shared/json/omit-undefined'
import type { App } from '../app-types.ts'
import type { ApiDeps } from '../deps.ts'
import { waitForScan } from '../events/wait-for-scan.ts'
import { matchesEtag, sendWithEtag } from '../http/etag.ts'
import { addNextLink } from '../http/add-next-link.ts'
import { readPreferredWaitMs } from '../http/read-preferred-wait.ts'
import { resolveClusterName } from '../clusters/open-cluster.ts'
import { scanNotFoundError } from '../scans/require-scan.ts'

type ReadDeps = Pick<ApiDeps, 'journal' | 'hub'>

type ListDeps = Pick<ApiDeps, 'journal' | 'clusters' | 'catalog'>

export function addScanListRoute(app: App, deps: ListDeps): void {
  app.get(
    '/scans',
    {
      config: { openQuery: 'label.' },
      schema: {
        operationId: 'listScans',
        tags: ['scans'],
        summary: 'List scans, newest first',
        description: 'Filter by labels with `label.<name>=<value>`.',
        querystring: ScansQuery,
        response: { 200: pageSchema(Scan) },
      },
    },
    async (request, reply) => {
      const { cluster } = request.query
      const name = cluster === undefined ? undefined : await resolveClusterName(deps, cluster)
      const page = await deps.journal.scans({
        ...toScanQuery(request.query),
        ...omitUndefined({ cluster: name }),
      })
      addNextLink(request, reply, page)
      return page
    },
  )
}

/** Adds reading one scan. Waiting requests return when `closing` fires. */
export function addScanRoute(app: App, deps: ReadDeps, closing: AbortSignal): void {
  app.get(
    '/scans/:id',
    {
      schema: {
        operationId: 'getScan',
        tags: ['scans'],
        summary: 'Read a scan',
        description:
          'With `Prefer: wait=<seconds>` (up to 50) the response is sent when the scan finishes, or with If-None-Match when it changes.',
        params: z.object({ id: ScanId }),
        response: { 200: Scan, 304: z.undefined().describe('Not modified.') },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const seen = request.headers['if-none-match']
      const withinMs = readPreferredWaitMs(request, reply)
      const isEnough = (scan: Scan): boolean =>
        scan.done || (seen !== undefined && !matchesEtag(seen, createEtag(scan)))
      const signal = AbortSignal.any([request.signal, closing])
      const scan =
        withinMs === 0
          ? await deps.journal.scan(id)
          : await waitForScan(deps, id, isEnough, { withinMs, signal })
      if (!scan) throw scanNotFoundError()
      return sendWithEtag(request, reply, createEtag(scan), scan)
    },
  )
}

/** A weak tag: every change of a scan is an event, and only the ETA changes between events. */
function createEtag({ lastSeq, runAttempt }: Scan): string {
  return `W/"${runAttempt}.${lastSeq}"`
}

function toScanQuery({ createdAfter, ...query }: ScansQuery) {
  const { limit, cursor, status, cluster: _, ...rest } = query
  const labels: Record<string, string> = {}
  for (const [name, value] of Object.entries(rest)) {
    if (name.startsWith('label.')) labels[name.slice('label.'.length)] = value
  }
  const after = createdAfter === undefined ? undefined : new Date(createdAfter).toISOString()
  return { limit, labels, ...omitUndefined({ cursor, status, createdAfter: after }) }
}
