import { Readable } from 'node:stream'
import { errorCodes } from 'fastify'
import { z } from 'zod'
import { AppError } from '@capstan/shared/errors'
import type { App } from '../app-types.ts'
import {
  partOfList,
  partsOfLines,
  tooLarge,
  type ImportLimits,
} from '../capabilities/import-parts.ts'
import { importRows } from '../capabilities/import-rows.ts'
import { IMPORT_BYTES } from '../config.ts'
import type { ApiDeps } from '../deps.ts'

const NDJSON = 'application/x-ndjson'

const ImportedView = z.object({
  rows: z.int().describe('Rows of the body; all are in the catalog now, or a newer one is.'),
  keptNewer: z.int().describe('Rows that did not replace a newer one.'),
})

/** NDJSON is never read whole. What stands for it here is documented as the text that it is. */
const Lines = z
  .custom<Readable>((body) => body instanceof Readable)
  .meta({ type: 'string', description: 'One row a line.' })
const Body = z
  .union([Lines, z.array(z.unknown())])
  .describe('One row a line, or a list of rows, as the export writes them.')

/** Brings in what an export wrote: a stream of rows that is stored as it arrives. May be repeated. */
export function capabilityImportRoutes(
  app: App,
  { catalog, log, work }: Pick<ApiDeps, 'catalog' | 'log' | 'work'>,
  mostBytes = IMPORT_BYTES,
): void {
  void app.register(async (scope: App) => {
    // Here alone: no page of another site can send it unasked.
    scope.addContentTypeParser(NDJSON, (request, body, done) => {
      const isTooLarge = Number(request.headers['content-length']) > mostBytes
      if (isTooLarge) done(tooLarge(mostBytes))
      else done(null, body)
    })
    scope.setErrorHandler((error, request, reply) => {
      // The rest of the body would be waited for, and its sender has stopped sending.
      if (!request.raw.complete) void reply.header('connection', 'close')
      throw importProblem(error)
    })
    scope.post(
      '/capabilities/import',
      {
        config: { access: 'admin' },
        schema: {
          tags: ['capabilities'],
          summary: 'Import rows of an export; newer rows stay',
          description:
            `NDJSON of any number of rows, at most ${mostBytes} bytes (CAPSTAN_IMPORT_BYTES) in 30 s, or a JSON list of at most 256 KiB. ` +
            'NDJSON is stored as it arrives, in parts of 256 KiB: a faulty row keeps its part and all later ones out, and the problem ' +
            'says how many rows were stored before. To send rows again does no harm.',
          consumes: [NDJSON, 'application/json'],
          querystring: z.object({
            firstLine: z.coerce
              .number()
              .int()
              .min(1)
              .default(1)
              .describe('Number of the first line, for the faults of a file sent in parts.'),
          }),
          body: Body,
          response: { 200: ImportedView },
        },
      },
      async ({ body, query: { firstLine }, principal }) => {
        const imported = await work.expensive.run(() =>
          importRows(catalog, partsOf(body, { mostBytes, firstLine })),
        )
        log.info({ ...imported, by: principal?.name ?? 'local' }, 'imported')
        return imported
      },
    )
  })
}

function partsOf(body: z.infer<typeof Body>, limits: ImportLimits) {
  return Array.isArray(body) ? [partOfList(body)] : partsOfLines(whole(body), limits)
}

/** Chunks of a body that a client may give up in the middle. */
async function* whole(body: Readable): AsyncGenerator<Uint8Array> {
  try {
    yield* body.iterator({ destroyOnReturn: false })
  } catch (error) {
    throw new AppError('VALIDATION', 'The import broke off before its end', {
      hint: 'Send it again; what was stored already does no harm.',
      cause: error,
    })
  } finally {
    // Of a body that is refused in the middle the rest is thrown away: who is still sending would miss the answer.
    body.resume()
  }
}

/** What the server says of bodies in general is of no use here. */
function importProblem(error: unknown): unknown {
  if (error instanceof errorCodes.FST_ERR_CTP_BODY_TOO_LARGE) {
    return new AppError('PAYLOAD_TOO_LARGE', 'An import takes 256 KiB of JSON at once', {
      hint: 'Send NDJSON, which is read as a stream: GET /api/v1/capabilities/export?format=ndjson, and Content-Type application/x-ndjson.',
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
