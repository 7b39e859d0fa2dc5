import { errorCodes } from 'fastify'
import { z } from 'zod'
import type { App } from '../app-types.ts'
import { AppError } from '@capstan/shared/errors'
import { readRows } from '../capabilities/import-rows.ts'
import type { ApiDeps } from '../deps.ts'
import type { OverridableCatalog } from '@capstan/catalog/override/with-overrides'
import type { Capability } from '@capstan/shared/contract/capability'

const NDJSON = 'application/x-ndjson'

const Imported = z.object({
  rows: z.int().describe('Rows of the body; all are in the catalog now, or a newer one is.'),
  keptNewer: z.int().describe('Rows that did not replace a newer one.'),
})

/** Brings in what an export wrote: all rows of a body, or none when one of them is faulty. May be repeated. */
export function capabilityImportRoutes(
  app: App,
  { catalog, log }: Pick<ApiDeps, 'catalog' | 'log'>,
): void {
  void app.register(async (scope: App) => {
    // Here alone: no page of another site can send it unasked.
    scope.addContentTypeParser<string>(NDJSON, { parseAs: 'string' }, (_request, body, done) =>
      done(null, body),
    )
    scope.setErrorHandler((error) => {
      throw importProblem(error)
    })
    scope.post(
      '/capabilities/import',
      {
        config: { access: 'admin' },
        schema: {
          tags: ['capabilities'],
          summary:
            'Import rows of an NDJSON or JSON export, at most 256 KiB at once; newer rows stay',
          consumes: [NDJSON, 'application/json'],
          querystring: z.object({
            firstLine: z.coerce
              .number()
              .int()
              .min(1)
              .default(1)
              .describe('Number of the first line, for the faults of a file sent in parts.'),
          }),
          body: z
            .union([z.string(), z.array(z.unknown())])
            .describe('One row a line, or a list of rows, as the export writes them.'),
          response: { 200: Imported },
        },
      },
      async ({ body, query, principal }) => {
        const rows = readRows(body, query.firstLine)
        const keptNewer = await store(catalog, rows)
        log.info({ rows: rows.length, keptNewer, by: principal?.name ?? 'local' }, 'imported')
        return { rows: rows.length, keptNewer }
      },
    )
  })
}

/** What the server says of bodies in general is of no use here. */
function importProblem(error: unknown): unknown {
  if (error instanceof errorCodes.FST_ERR_CTP_BODY_TOO_LARGE) {
    return new AppError('PAYLOAD_TOO_LARGE', 'An import takes 256 KiB at once', {
      hint: '`capstan import FILE` sends a file of any size in such parts. With another client, split NDJSON between two lines and say ?firstLine=.',
      cause: error,
    })
  }
  if (error instanceof errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE) {
    return new AppError('UNSUPPORTED_MEDIA_TYPE', 'An import is NDJSON or JSON', {
      hint: 'Export with ?format=ndjson: CSV, YAML and Markdown are for other programs, and CSV and Markdown leave out parts of the rows.',
      cause: error,
    })
  }
  return error
}

/** Answers how many rows were older than what is known. A correction comes along unless there is one already. */
async function store(catalog: OverridableCatalog, rows: Capability[]): Promise<number> {
  await catalog.put(rows)
  let keptNewer = 0
  for (const { cluster, resource, provenance, override } of rows) {
    const now = await catalog.get(cluster, resource)
    if (now && lookedAt(now.provenance) > lookedAt(provenance)) keptNewer += 1
    if (!override || !now || now.override) continue
    const { by, at, note, fields } = override
    await catalog.setOverride(cluster, resource, { by, at, note, fields })
  }
  return keptNewer
}

function lookedAt({ asOf, inferredAt }: Capability['provenance']): string {
  return `${asOf ?? inferredAt} ${inferredAt}`
}
