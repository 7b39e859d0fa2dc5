import { z } from 'zod'
import { ProviderList } from '../providers/provider-list.ts'
import { QueueStatus } from '../queue/queue-status.ts'
import { Scan } from '../scan/scan.ts'
import { WorkerStatus } from '../worker-status.ts'
import { ScanDetails } from './scan-details.ts'

/** First frame of GET /events: the state of its topics. */
export const StreamSnapshot = z.object({
  v: z.int(),
  at: z.iso.datetime(),
  /** Topic `scans`: all unfinished scans and the 50 newest ones, newest first. */
  scans: z.array(Scan).optional(),
  /** Topic `queue`. */
  queue: QueueStatus.optional(),
  workers: z.array(WorkerStatus).optional(),
  /** Topic `providers`. */
  providers: ProviderList.optional(),
  /** Topics `scan:<id>`, by id. */
  items: z.record(z.string(), ScanDetails).optional(),
})
export type StreamSnapshot = z.infer<typeof StreamSnapshot>
