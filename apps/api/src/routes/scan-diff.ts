import { z } from 'zod'
import { ScanId } from '@capstan/shared/contract/scan/scan-id'
import { ScanDiff } from '@capstan/shared/contract/scan/scan-diff'
import type { App } from '../app-types.ts'
import type { ApiDeps } from '../deps.ts'
import { diffScans } from '../scans/diff-scans.ts'

/** Adds the comparison of a scan with an earlier one. */
export function addScanDiffRoute(app: App, deps: Pick<ApiDeps, 'journal'>): void {
  app.get(
    '/scans/:id/diff',
    {
      schema: {
        operationId: 'compareScans',
        tags: ['scans'],
        summary: 'Compare a scan with an earlier scan of its cluster',
        params: z.object({ id: ScanId }),
        querystring: z.object({
          against: z
            .union([z.literal('previous'), ScanId])
            .default('previous')
            .describe('Id of a scan, or `previous`: the last earlier scan with the same patterns.'),
        }),
        response: { 200: ScanDiff },
      },
    },
    ({ params, query }) => diffScans(deps, params.id, query.against),
  )
}
