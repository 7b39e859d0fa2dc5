import { z } from 'zod'
import type { App } from '../app-types.ts'
import type { ApiDeps } from '../deps.ts'
import type { ScanChannels } from '../events/scan-channels.ts'
import { PING_EVENT } from '../events/frame.ts'
import { sendEvents, type SendDeps } from '../events/send-events.ts'
import { openTopics } from '../events/topics/open-topics.ts'
import { parseTopics } from '../events/topics/parse-topics.ts'
import { createSnapshotReader } from '../events/topics/read-snapshot.ts'
import { streamTopics } from '../events/topics/stream-topics.ts'
import { requireKnownScan } from '../scans/require-scan.ts'

const EventsQuery = z.object({
  topics: z
    .string()
    .max(1_000)
    .default('')
    .describe(
      '`scans`, `queue`, `providers`, and `scan:<id>` for at most 8 scans, separated by commas.',
    ),
  lastEventId: z
    .string()
    .max(1_000)
    .default('')
    .describe('Last-Event-ID of clients that cannot set the header.'),
})

/** Adds one stream of events for several topics. `channels` are shared with the streams of single scans. */
export function addEventRoute(
  app: App,
  deps: ApiDeps,
  { channels, ...send }: SendDeps & { channels: ScanChannels },
): void {
  const { journal, redis, keys } = deps
  const sources = openTopics(deps, channels)
  const streaming = {
    journal,
    redis,
    keys,
    sources,
    readSnapshot: createSnapshotReader(sources),
  }
  app.get(
    '/events',
    {
      schema: {
        operationId: 'streamEvents',
        tags: ['events'],
        summary: 'Follow scans, queues and providers in one stream (text/event-stream)',
        description: DESCRIPTION,
        querystring: EventsQuery,
        response: {
          200: {
            description: 'A stream of events.',
            content: { 'text/event-stream': { schema: z.string() } },
          },
        },
      },
    },
    async (request, reply) => {
      const topics = parseTopics(request.query.topics)
      await Promise.all(topics.scanIds.map((id) => requireKnownScan(deps, id)))
      const lastEventId = String(request.headers['last-event-id'] ?? request.query.lastEventId)
      const options = { principal: request.principal?.name ?? 'local', types: [], ping: PING_EVENT }
      return sendEvents(send, reply, options, (stream) =>
        streamTopics(streaming, { topics, lastEventId }, stream),
      )
    },
  )
}

const DESCRIPTION = [
  'The first event is `snapshot` with the state of the topics: `scans` (all unfinished and the 50 newest, newest first), `queue` and `workers`, `providers`, and `items` by scan id (`scan`, `active`, `recentFailures`).',
  'Topic `scans`: `scan.changed` with the whole scan, for each change of its status and otherwise at most twice a second, and `scan.forgotten`.',
  'Topics `queue` and `providers`: `queue.changed` and `providers.changed` with the whole state, at most once a second, and only when something other than a time changed.',
  'Topic `scan:<id>`: the events of GET /scans/{id}/events. The stream goes on after `scan.finished`, because a retry continues the scan.',
  'The id of an event is a position in all topics of the stream, valid on every replica. With a Last-Event-ID the stream continues there; if events after it are no longer known, `gap` and `snapshot` come first.',
  'docs/events.md describes each event.',
].join(' ')
