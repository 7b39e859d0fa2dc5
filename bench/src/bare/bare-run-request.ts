import { z } from 'zod'

/** The queue of bare workers. */
export const BARE_QUEUE = 'bare'

/** Message to a bare-worker.ts process. Sent over IPC, because the URL may contain a password. */
export const BareRunRequest = z.object({
  redisUrl: z.string(),
  bullPrefix: z.string(),
  concurrency: z.int().positive(),
  /** The work of each job; none by default. */
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
