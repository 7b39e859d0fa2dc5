import { z } from 'zod'
import { ScanEventPage } from '@capstan/shared/contract/scan/scan-event-page'
import { ScanId } from '@capstan/shared/contract/scan/scan-id'
import { AppError } from '@capstan/shared/errors'
import type { App } from '../app-types.ts'
import type { ApiDeps } from '../deps.ts'
import { createEnvelope } from '../events/frame.ts'
import type { ScanChannels } from '../events/scan-channels.ts'
import { sendEvents, type SendDeps } from '../events/send-events.ts'
import { streamScan } from '../events/stream-scan.ts'
import { addNextLink } from '../http/add-next-link.ts'
import { matchesEventTypes, parseEventTypes } from '../events/event-types.ts'
import { requireScan } from '../scans/require-scan.ts'

export interface ScanEventDeps extends Pick<ApiDeps, 'journal'>, SendDeps {
  channels: ScanChannels
}

const EventsQuery = z.object({
  after: z.coerce
    .number()
    .int()
    .nonnegative()
    .optional()
    .describe('JSON only: sequence number after which events are returned.'),
  limit: z.coerce.number().int().min(1).max(1_000).default(200),
  lastEventId: z
    .string()
    .max(40)
    .optional()
    .describe('Last-Event-ID of clients that cannot set the header.'),
  types: z
    .string()
    .max(500)
    .optional()
    .describe('Event types and patterns, for example `scan.*,resource.failed`.'),
})

/** Adds the events of a scan: as a stream for followers, and as JSON pages for pollers. */
export function addScanEventRoute(app: App, deps: ScanEventDeps): void {
  app.get(
    '/scans/:id/events',
    {
      schema: {
        operationId: 'streamScanEvents',
        tags: ['events'],
        summary: 'Follow the events of a scan (text/event-stream), or read them as JSON',
        params: z.object({ id: ScanId }),
        querystring: EventsQuery,
        response: {
          200: {
            description: 'A stream or a page of events.',
            content: {
              'text/event-stream': { schema: z.string() },
              'application/json': { schema: ScanEventPage },
            },
          },
          204: z
            .undefined()
            .describe('The scan has finished and the caller has received all events.'),
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const { after, limit, lastEventId, types } = request.query
      const patterns = parseEventTypes(types)
      const form = chooseForm(request.headers.accept, after !== undefined)
      const scan = await requireScan(deps, id)
      if (form === 'json') {
        const all = await readPage(deps, id, after ?? 0, limit)
        const page = {
          ...all,
          data: all.data.filter(({ type }) => matchesEventTypes(patterns, type)),
        }
        addNextLink(request, reply, page, 'after')
        return reply.type('application/json').send(page)
      }
      const lastId = String(request.headers['last-event-id'] ?? lastEventId ?? '')
      const seen = parsePosition(lastId, scan.lastSeq)
      if (scan.done && seen === scan.lastSeq) return reply.code(204).send()
      const options = {
        principal: request.principal?.name ?? 'local',
        types: patterns,
      }
      return sendEvents(deps, reply, options, (stream) => streamScan(deps, scan, seen, stream))
    },
  )
}

/** A client that accepts every media type (curl) gets the event stream, unless `after` requests a page. */
function chooseForm(accept = '*/*', requestsPage: boolean): 'stream' | 'json' {
  const ranges = accept
    .toLowerCase()
    .split(',')
    .map((range) => range.split(';')[0]?.trim() ?? '')
  const names = (...types: string[]): boolean => types.some((range) => ranges.includes(range))
  if (names('text/event-stream', 'text/*')) return 'stream'
  if (names('application/json', 'application/*')) return 'json'
  if (names('*/*')) return requestsPage ? 'json' : 'stream'
  throw new AppError(
    'NOT_ACCEPTABLE',
    'The media types of events are text/event-stream and application/json',
    {
      hint: 'Send `Accept: text/event-stream` to follow the scan, or `Accept: application/json` for a page.',
    },
  )
}

/** Returns the sequence number of an event id; undefined for other text and for future ids. */
function parsePosition(id: string, lastSeq: number): number | undefined {
  const match = /^(\d{1,15})(?:-0)?$/.exec(id)
  const seq = match ? Number(match[1]) : undefined
  return seq !== undefined && seq <= lastSeq ? seq : undefined
}

async function readPage(
  deps: Pick<ApiDeps, 'journal'>,
  scanId: string,
  after: number,
  limit: number,
): Promise<ScanEventPage> {
  const { events, gap } = await deps.journal.events(scanId, after, limit)
  const last = events.at(-1)
  return {
    data: events.map((event) => ({ id: event.id, type: event.type, data: createEnvelope(event) })),
    page: { limit, nextCursor: last && events.length === limit ? String(last.seq) : null },
    gap,
  }
}
