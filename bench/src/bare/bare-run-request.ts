import { z } from 'zod'

/** The queue that bare workers consume. */
export const BARE_QUEUE = 'bare'

/** What a process of bare-worker.ts is told. Over IPC, because the URL may hold a password. */
export const BareRunRequest = z.object({
  redisUrl: z.string(),
  bullPrefix: z.string(),
  concurrency: z.int().positive(),
  /** What each job does; without, nothing. */
  work: z
    .discriminatedUnion('does', [
      z.object({ does: z.literal('call'), url: z.url(), apiKey: z.string() }),
      z.object({ does: z.literal('store') }),
    ])
    .optional(),
})
export type BareRunRequest = z.infer<typeof BareRunRequest>

/** Clock times in ms; zero before the first job. */
export const BareReport = z.object({
  jobs: z.int(),
  firstAtMs: z.number(),
  lastAtMs: z.number(),
})
export type BareReport = z.infer<typeof BareReport>
