import { z } from 'zod'
import { ScanId } from '@capstan/shared/contract/scan/scan-id'
import { ScanItem } from '@capstan/shared/contract/scan/scan-item'
import type { App } from '../app-types.ts'
import type { ApiDeps } from '../deps.ts'
import { sendText } from '../export/send-text.ts'
import { writeCsv } from '../export/write-csv.ts'
import { writeJson } from '../export/write-json.ts'
import { prefixLinks } from '../links/prefix-links.ts'
import { ITEM_COLUMNS } from '../scans/item-columns.ts'
import { listAllItems } from '../scans/list-all-items.ts'
import { requireScan } from '../scans/require-scan.ts'

const MEDIA_TYPES = { json: 'application/json', csv: 'text/csv' } as const

/** Exports all types of a scan as a stream, so that memory does not grow with their number. */
export function addScanExportRoute(app: App, deps: Pick<ApiDeps, 'journal'>): void {
  app.get(
    '/scans/:id/export',
    {
      schema: {
        operationId: 'exportScan',
        tags: ['scans'],
        summary: 'Export all types of a scan as JSON or CSV',
        description:
          'A file with all types by name, read page by page. While the scan runs, later types may have newer states than earlier ones.',
        params: z.object({ id: ScanId }),
        querystring: z.object({ format: z.enum(['json', 'csv']).default('json') }),
        response: {
          200: {
            description: 'All types of the scan.',
            content: {
              'application/json': { schema: z.array(ScanItem) },
              'text/csv': { schema: z.string() },
            },
          },
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const { format } = request.query
      await requireScan(deps, id)
      const pages = listAllItems(deps, id)
      const text =
        format === 'csv'
          ? writeCsv(pages, ITEM_COLUMNS)
          : prefixParts(writeJson(pages), app.findPrefix(request.raw))
      void reply
        .type(`${MEDIA_TYPES[format]}; charset=utf-8`)
        .header('content-disposition', `attachment; filename="${id}.${format}"`)
      return sendText(reply, text)
    },
  )
}

/** A part holds whole rows, so no link is split. */
async function* prefixParts(parts: AsyncIterable<string>, prefix: string): AsyncGenerator<string> {
  for await (const part of parts) yield prefixLinks(part, prefix)
}
