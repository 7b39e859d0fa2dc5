import { z } from 'zod'
import { ScanId } from '@capstan/shared/contract/scan/scan-id'
import { AppError } from '@capstan/shared/errors'
import type { App } from '../app-types.ts'
import type { ApiDeps } from '../deps.ts'
import { envelope } from '../events/frame.ts'
import type { ScanChannels } from '../events/scan-channels.ts'
import { sendEvents, type SendDeps } from '../events/send-events.ts'
import { streamScan } from '../events/stream-scan.ts'
import { linkNext } from '../http/add-next-link.ts'
import { isWanted, readEventTypes } from '../events/event-types.ts'
import { readScan } from '../scans/read-scan.ts'

export interface ScanEventDeps extends Pick<ApiDeps, 'journal'>, SendDeps {
  channels: ScanChannels
}

const EventsQuery = z.object({
  after: z.coerce
    .number()
    .int()
    .nonnegative()
    .optional()
    .describe('JSON: events after this number.'),
  limit: z.coerce.number().int().min(1).max(1_000).default(200),
  lastEventId: z.string().max(40).optional().describe('For clients that cannot set Last-Event-ID.'),
  types: z.string().max(500).optional().describe('Such as `scan.*,resource.failed`.'),
})
const EventPage = z.object({
  data: z.array(
    z.object({
      id: z.string(),
      type: z.string(),
      data: z.looseObject({ v: z.int(), scanId: z.string(), seq: z.int(), at: z.string() }),
    }),
  ),
  page: z.object({ limit: z.int(), nextCursor: z.string().nullable() }),
  gap: z.object({ from: z.int(), to: z.int() }).nullable(),
})

/** One resource, two forms: a stream for who watches, pages for who asks now and then. */
export function scanEventRoutes(app: App, deps: ScanEventDeps): void {
  app.get(
    '/scans/:id/events',
    {
      config: { access: 'read' },
      schema: {
        tags: ['events'],
        summary: 'Follow a scan (text/event-stream), or read its events as JSON',
        params: z.object({ id: ScanId }),
        querystring: EventsQuery,
        response: {
          200: {
            description: 'A stream of events, or a page of them.',
            content: {
              'text/event-stream': { schema: z.string() },
              'application/json': { schema: EventPage },
            },
          },
          204: z.undefined().describe('The scan is over and the caller has seen everything.'),
        },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const { after, limit, lastEventId, types } = request.query
      const wanted = readEventTypes(types)
      const form = chooseForm(request.headers.accept, after !== undefined)
      const scan = await readScan(deps, id)
      if (form === 'json') {
        const all = await jsonPage(deps, id, after ?? 0, limit)
        const page = { ...all, data: all.data.filter(({ type }) => isWanted(wanted, type)) }
        linkNext(request, reply, page, 'after')
        return reply.type('application/json').send(page)
      }
      const given = String(request.headers['last-event-id'] ?? lastEventId ?? '')
      const seen = positionOf(given, scan.lastSeq)
      if (scan.done && seen === scan.lastSeq) return reply.code(204).send()
      const options = {
        principal: request.principal?.name ?? 'local',
        types: wanted,
      }
      return sendEvents(deps, reply, options, (stream) => streamScan(deps, scan, seen, stream))
    },
  )
}

/** Who takes anything, as curl does, follows; `after` is asked by readers of pages only. */
function chooseForm(accept = '*/*', asksForPage: boolean): 'stream' | 'json' {
  const ranges = accept
    .toLowerCase()
    .split(',')
    .map((range) => range.split(';')[0]?.trim() ?? '')
  const names = (...wanted: string[]): boolean => wanted.some((range) => ranges.includes(range))
  if (names('text/event-stream', 'text/*')) return 'stream'
  if (names('application/json', 'application/*')) return 'json'
  if (names('*/*')) return asksForPage ? 'json' : 'stream'
  throw new AppError('NOT_ACCEPTABLE', 'Events come as text/event-stream or application/json', {
    hint: 'Send `Accept: text/event-stream` to follow, `Accept: application/json` for a page.',
  })
}

/** The sequence number of an id of ours. Anything else, also one of the future, counts as none. */
function positionOf(id: string, lastSeq: number): number | undefined {
  const match = /^(\d{1,15})(?:-0)?$/.exec(id)
  const seq = match ? Number(match[1]) : undefined
  return seq !== undefined && seq <= lastSeq ? seq : undefined
}

async function jsonPage(
  deps: Pick<ApiDeps, 'journal'>,
  scanId: string,
  after: number,
  limit: number,
): Promise<z.infer<typeof EventPage>> {
  const { events, gap } = await deps.journal.events(scanId, after, limit)
  const last = events.at(-1)
  return {
    data: events.map((event) => ({ id: event.id, type: event.type, data: envelope(event) })),
    page: { limit, nextCursor: last && events.length === limit ? String(last.seq) : null },
    gap,
  }
}
