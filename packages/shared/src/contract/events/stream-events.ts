import { z } from 'zod'
import { SessionEndReason } from '../login/session.ts'
import { ProviderList } from '../providers/provider-list.ts'
import { QueueStatus } from '../queue/queue-status.ts'
import { Scan } from '../scan/scan.ts'
import { ScanId } from '../scan/scan-id.ts'
import { WorkerStatus } from '../worker-status.ts'
import { StreamSnapshot } from './stream-snapshot.ts'

const Envelope = z.object({ v: z.int(), at: z.iso.datetime() })

/** Events of GET /events, besides those of followed scans (STORED_EVENTS, PROVIDER_EVENTS and LIVE_EVENTS). */
export const STREAM_EVENTS = {
  snapshot: StreamSnapshot,
  /** After 15 s without data. A client that receives nothing for longer has lost its connection. */
  ping: z.object({ v: z.int() }),
  /** Events since the Last-Event-ID are no longer known. A snapshot follows. */
  gap: Envelope,
  /** The complete state of a scan, not a difference. At most two a second for a scan, and one for each change of its status. */
  'scan.changed': Envelope.extend({ scan: Scan }),
  'scan.forgotten': Envelope.extend({ scanId: ScanId }),
  /** Only after a change of something other than a time, at most one a second. */
  'queue.changed': Envelope.extend({ queue: QueueStatus, workers: z.array(WorkerStatus) }),
  'providers.changed': Envelope.extend({ providers: ProviderList }),
  /** The session or the token of the client has ended. The server then ends the response. */
  'session.ended': Envelope.extend({ reason: SessionEndReason }),
  'server.closing': z.object({ v: z.int(), retryMs: z.int() }),
} as const
