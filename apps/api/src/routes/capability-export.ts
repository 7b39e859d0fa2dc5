import { z } from 'zod'
import { CapabilityView } from '@capstan/shared/contract/capability'
import { CapabilityQuery } from '@capstan/shared/contract/catalog/capability-query'
import { AppError } from '@capstan/shared/errors'
import type { App } from '../app-types.ts'
import { resolveFilter } from '../capabilities/resolve-filter.ts'
import { CAPABILITY_COLUMNS } from '../capabilities/capability-columns.ts'
import { listAllRows, writeMarkdown, writeYaml } from '../capabilities/export-rows.ts'
import type { ApiDeps } from '../deps.ts'
import { sendText } from '../export/send-text.ts'
import { writeCsv } from '../export/write-csv.ts'
import { writeJson } from '../export/write-json.ts'
import { writeNdjson } from '../export/write-ndjson.ts'

const FORMATS = {
  'application/x-ndjson': { text: writeNdjson<CapabilityView>, extension: 'ndjson' },
  'application/json': { text: writeJson<CapabilityView>, extension: 'json' },
  'text/csv': {
    text: (pages: AsyncIterable<CapabilityView[]>) => writeCsv(pages, CAPABILITY_COLUMNS),
    extension: 'csv',
  },
  'application/yaml': { text: writeYaml, extension: 'yaml' },
  'text/markdown': { text: writeMarkdown, extension: 'md' },
} as const
type Format = keyof typeof FORMATS

/** Exports capabilities as a stream, so that memory does not grow with their number. */
export function addCapabilityExportRoute(
  app: App,
  deps: Pick<ApiDeps, 'catalog' | 'clusters' | 'journal'>,
): void {
  app.get(
    '/capabilities/export',
    {
      schema: {
        operationId: 'exportCapabilities',
        tags: ['capabilities'],
        summary: 'Export capabilities as NDJSON, JSON, CSV, YAML or Markdown',
        querystring: CapabilityQuery.extend({
          format: z
            .enum(['ndjson', 'json', 'csv', 'yaml', 'md'])
            .optional()
            .describe('Takes precedence over the Accept header.'),
        }),
        response: {
          200: {
            description: 'All matching rows.',
            content: {
              'application/x-ndjson': { schema: z.string() },
              'application/json': { schema: z.array(CapabilityView) },
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
      const filter = await resolveFilter(deps, query)
      void reply
        .type(`${type}; charset=utf-8`)
        .header('content-disposition', `attachment; filename="capabilities.${extension}"`)
      return sendText(reply, text(listAllRows(deps.catalog, filter)))
    },
  )
}

function chooseFormat(format: string | undefined, accept = '*/*'): Format {
  const types = Object.keys(FORMATS).filter((type): type is Format => type in FORMATS)
  const named = types.find((type) => FORMATS[type].extension === format)
  if (named) return named
  for (const range of accept.toLowerCase().split(',')) {
    const mediaType = range.split(';')[0]?.trim() ?? ''
    const found = types.find((type) => matchesRange(type, mediaType))
    if (found) return found
  }
  throw new AppError(
    'NOT_ACCEPTABLE',
    'The export formats are NDJSON, JSON, CSV, YAML and Markdown',
    {
      hint: `Send Accept: ${types.join(', ')}, or ?format=ndjson.`,
    },
  )
}

function matchesRange(type: string, range: string): boolean {
  return range === '*/*' || range === type || range === `${type.split('/')[0]}/*`
}
