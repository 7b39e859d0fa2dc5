import { Readable } from 'node:stream'
import { errorCodes } from 'fastify'
import { z } from 'zod'
import { ImportResult } from '@capstan/shared/contract/catalog/import-result'
import { AppError } from '@capstan/shared/errors'
import type { App } from '../app-types.ts'
import {
  splitList,
  splitNdjson,
  importTooLargeError,
  type ImportLimits,
} from '../capabilities/import-parts.ts'
import { importRows } from '../capabilities/import-rows.ts'
import { IMPORT_BYTES } from '../config.ts'
import { auditRequest } from '../audit/audit-request.ts'
import type { ApiDeps } from '../deps.ts'

const NDJSON = 'application/x-ndjson'

/** NDJSON is read as a stream and never as a whole. The schema documents it as text. */
const Lines = z
  .custom<Readable>((body) => body instanceof Readable)
  .meta({ type: 'string', description: 'One row per line.' })
const Body = z
  .union([Lines, z.array(z.unknown())])
  .describe('One row per line, or a JSON list of rows, as in an export.')

const ImportQuery = z.object({
  firstLine: z.coerce
    .number()
    .int()
    .min(1)
    .default(1)
    .describe('Number of the first line, for the errors of a file in parts.'),
})

/** Imports rows of an export. The stream is stored as it arrives, and an import can be repeated. */
export function addCapabilityImportRoute(
  app: App,
  { catalog, audit, log, work }: Pick<ApiDeps, 'catalog' | 'audit' | 'log' | 'work'>,
  maxBytes = IMPORT_BYTES,
): void {
  void app.register(async (scope: App) => {
    // Accepted on this route only, because pages of other sites cannot send this media type without a preflight.
    scope.addContentTypeParser(NDJSON, (request, body, done) => {
      const isTooLarge = Number(request.headers['content-length']) > maxBytes
      if (isTooLarge) done(importTooLargeError(maxBytes))
      else done(null, body)
    })
    scope.setErrorHandler((error, request, reply) => {
      // Otherwise the server would wait for the rest of the body, which the client no longer sends.
      if (!request.raw.complete) void reply.header('connection', 'close')
      throw toImportError(error)
    })
    scope.post(
      '/capabilities/import',
      {
        schema: {
          operationId: 'importCapabilities',
          tags: ['capabilities'],
          summary: 'Import the rows of an export without replacing newer rows',
          description:
            `NDJSON with any number of rows, at most ${maxBytes} bytes (CAPSTAN_IMPORT_BYTES) within 30 s, or a JSON list of at most 256 KiB. ` +
            'NDJSON is stored as it arrives, in parts of 256 KiB. A part with an invalid row and all later parts are not stored. The problem ' +
            'reports the number of stored rows. Importing rows again is safe.',
          consumes: [NDJSON, 'application/json'],
          querystring: ImportQuery,
          body: Body,
          response: { 200: ImportResult },
        },
      },
      async (request) => {
        const { firstLine } = request.query
        const parts = splitBody(request.body, { maxBytes, firstLine })
        const record = (detail: string): Promise<void> =>
          auditRequest({ audit }, request, 'capabilities.imported', undefined, detail)
        const imported = await work.expensive.run(() => importAndRecord(catalog, parts, record))
        log.info({ ...imported, by: request.principal?.name }, 'imported capabilities')
        return imported
      },
    )
  })
}

/** Records also an import that fails after its first part, because it has changed the catalog. */
async function importAndRecord(
  catalog: ApiDeps['catalog'],
  parts: Parameters<typeof importRows>[1],
  record: (detail: string) => Promise<void>,
): Promise<ImportResult> {
  let stored = 0
  const imported = await importRows(catalog, parts, (rows) => (stored = rows)).catch(
    async (error: unknown) => {
      if (stored > 0) await record(`the first ${stored} rows, then it failed`)
      throw error
    },
  )
  await record(`${imported.rows} rows`)
  return imported
}

function splitBody(body: z.infer<typeof Body>, limits: ImportLimits) {
  return Array.isArray(body) ? [splitList(body)] : splitNdjson(readBody(body), limits)
}

/** Yields the chunks of a body whose client may disconnect. */
async function* readBody(body: Readable): AsyncGenerator<Uint8Array> {
  try {
    yield* body.iterator({ destroyOnReturn: false })
  } catch (error) {
    throw new AppError('VALIDATION', 'The request body ended early', {
      hint: 'Send it again. Importing rows twice is safe.',
      cause: error,
    })
  } finally {
    // Discards the rest of a rejected body. A client that is still sending would otherwise miss the response.
    body.resume()
  }
}

/** Replaces the general problems of bodies by those of imports. */
function toImportError(error: unknown): unknown {
  if (error instanceof errorCodes.FST_ERR_CTP_BODY_TOO_LARGE) {
    return new AppError('PAYLOAD_TOO_LARGE', 'A JSON import has at most 256 KiB', {
      hint: 'Send NDJSON, which is streamed: export with GET /api/v1/capabilities/export?format=ndjson and import with Content-Type application/x-ndjson.',
      cause: error,
    })
  }
  if (error instanceof errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE) {
    return new AppError('UNSUPPORTED_MEDIA_TYPE', 'The import formats are NDJSON and JSON', {
      hint: 'Export with ?format=ndjson. CSV, YAML and Markdown cannot be imported.',
      cause: error,
    })
  }
  return error
}
