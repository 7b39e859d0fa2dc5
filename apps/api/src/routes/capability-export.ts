import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { Capability } from '@capstan/shared/contract/capability'
import { AppError } from '@capstan/shared/errors'
import type { App } from '../app-types.ts'
import { CapabilityQuery, readFilter } from '../capabilities/capability-query.ts'
import { allRows, csv, json, markdown, ndjson, yaml } from '../capabilities/export-rows.ts'
import type { ApiDeps } from '../deps.ts'

const FORMATS = {
  'application/x-ndjson': { text: ndjson, extension: 'ndjson' },
  'application/json': { text: json, extension: 'json' },
  'text/csv': { text: csv, extension: 'csv' },
  'application/yaml': { text: yaml, extension: 'yaml' },
  'text/markdown': { text: markdown, extension: 'md' },
} as const
type Format = keyof typeof FORMATS

/** Everything that was found, as a stream: memory stays flat however much it is. */
export function capabilityExportRoutes(
  app: App,
  deps: Pick<ApiDeps, 'catalog' | 'clusters' | 'journal'>,
): void {
  app.get(
    '/capabilities/export',
    {
      config: { access: 'read' },
      schema: {
        tags: ['capabilities'],
        summary: 'Export capabilities as NDJSON, JSON, CSV, YAML or Markdown',
        querystring: CapabilityQuery.extend({
          format: z
            .enum(['ndjson', 'json', 'csv', 'yaml', 'md'])
            .optional()
            .describe('Goes before Accept.'),
        }),
        response: {
          200: {
            description: 'All rows, one after another.',
            content: {
              'application/x-ndjson': { schema: z.string() },
              'application/json': { schema: z.array(Capability) },
              'text/csv': { schema: z.string() },
              'application/yaml': { schema: z.string() },
              'text/markdown': { schema: z.string() },
            },
          },
        },
      },
    },
    async (request, reply) => {
      const { format, ...query } = request.query
      const type = chooseFormat(format, request.headers.accept)
      const { text, extension } = FORMATS[type]
      const filter = await readFilter(deps, query)
      void reply
        .type(`${type}; charset=utf-8`)
        .header('content-disposition', `attachment; filename="capabilities.${extension}"`)
      return sendText(reply, text(allRows(deps.catalog, filter)))
    },
  )
}

function chooseFormat(format: string | undefined, accept = '*/*'): Format {
  const types = Object.keys(FORMATS).filter((type): type is Format => type in FORMATS)
  const named = types.find((type) => FORMATS[type].extension === format)
  if (named) return named
  for (const range of accept.toLowerCase().split(',')) {
    const wanted = range.split(';')[0]?.trim() ?? ''
    const found = types.find((type) => matchesRange(type, wanted))
    if (found) return found
  }
  throw new AppError('NOT_ACCEPTABLE', 'The export comes as NDJSON, JSON, CSV, YAML or Markdown', {
    hint: `Send Accept: ${types.join(', ')}, or ?format=ndjson.`,
  })
}

function matchesRange(type: string, range: string): boolean {
  return range === '*/*' || range === type || range === `${type.split('/')[0]}/*`
}

/** A stream is sent as it is; the schema of the answer describes what comes out of it. */
function sendText(reply: FastifyReply, text: AsyncIterable<string>): FastifyReply {
  return reply.send(Readable.from(text))
}
