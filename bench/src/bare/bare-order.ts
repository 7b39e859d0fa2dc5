import { z } from 'zod'

/** What a process of bare-worker.ts is told. Over IPC, because the URL may hold a password. */
export const BareOrder = z.object({
  redisUrl: z.string(),
  bullPrefix: z.string(),
  concurrency: z.int().positive(),
  /** Each job makes one call to this provider; without, it does nothing. */
  provider: z.object({ url: z.url(), apiKey: z.string() }).optional(),
})
export type BareOrder = z.infer<typeof BareOrder>

/** Clock times in ms; zero before the first job. */
export const BareReport = z.object({
  jobs: z.int(),
  firstAtMs: z.number(),
  lastAtMs: z.number(),
})
export type BareReport = z.infer<typeof BareReport>
