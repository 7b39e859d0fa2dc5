import { z } from 'zod'
import { pageSchema } from '@capstan/shared/contract/page'
import { ExcludedType } from '@capstan/shared/contract/scan/excluded-type'
import { ItemsQuery } from '@capstan/shared/contract/scan/items-query'
import { ScanItem } from '@capstan/shared/contract/scan/scan-item'
import { ScanId } from '@capstan/shared/contract/scan/scan-id'
import { AppError } from '@capstan/shared/errors'
import { omitUndefined } from '@capstan/shared/json/omit-undefined'
import type { App } from '../app-types.ts'
import type { ApiDeps } from '../deps.ts'
import { addNextLink } from '../http/add-next-link.ts'
import { findItem } from '../scans/find-item.ts'
import { requireScan } from '../scans/require-scan.ts'

const ScanParams = z.object({ id: ScanId })
const ItemParams = z.object({ id: ScanId, resource: z.string().min(1).max(520) })

type ReadDeps = Pick<ApiDeps, 'journal' | 'clusters'>

/** Adds the types of a scan. */
export function addScanResourceRoutes(app: App, deps: ReadDeps): void {
  addListRoute(app, deps)
  addItemRoute(app, deps)
  addExcludedRoute(app, deps)
}

function addListRoute(app: App, deps: ReadDeps): void {
  app.get(
    '/scans/:id/resources',
    {
      schema: {
        operationId: 'listScanResources',
        tags: ['scans'],
        summary: 'List the types of a scan',
        params: ScanParams,
        querystring: ItemsQuery,
        response: { 200: pageSchema(ScanItem) },
      },
    },
    async (request, reply) => {
      await requireScan(deps, request.params.id)
      const { limit, ...query } = request.query
      const page = await deps.journal.items(request.params.id, { limit, ...omitUndefined(query) })
      addNextLink(request, reply, page)
      return page
    },
  )
}

function addItemRoute(app: App, deps: ReadDeps): void {
  app.get(
    '/scans/:id/resources/:resource',
    {
      schema: {
        operationId: 'getScanResource',
        tags: ['scans'],
        summary: 'Read one type of a scan with all its attempts',
        description:
          'The name is plural.group, or another name that the cluster resolves: kind, short name, `group/version/plural` (percent-encoded).',
        params: ItemParams,
        response: { 200: ScanItem },
      },
    },
    async ({ params, signal }) => {
      const scan = await requireScan(deps, params.id)
      const item = await findItem(deps, scan, params.resource, signal)
      if (item) return item
      throw new AppError('NOT_FOUND', 'The scan does not include this type', {
        hint: 'Use plural.group, or the plural of a core type. /excluded lists the excluded types.',
      })
    },
  )
}

function addExcludedRoute(app: App, deps: ReadDeps): void {
  app.get(
    '/scans/:id/excluded',
    {
      schema: {
        operationId: 'listExcludedResources',
        tags: ['scans'],
        summary: 'List the excluded types of a scan with reasons',
        params: ScanParams,
        response: { 200: z.object({ data: z.array(ExcludedType) }) },
      },
    },
    async ({ params }) => {
      await requireScan(deps, params.id)
      return { data: await deps.journal.excluded(params.id) }
    },
  )
}
