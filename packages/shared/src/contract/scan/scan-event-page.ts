import { z } from 'zod'

/** JSON page of the events of a scan. */
export const ScanEventPage = z.object({
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
export type ScanEventPage = z.infer<typeof ScanEventPage>
