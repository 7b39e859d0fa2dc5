import { z } from 'zod'

/** State of a rebuild of the search index. */
export const ReindexState = z.object({
  status: z.enum(['running', 'succeeded', 'failed']),
  done: z.int(),
  total: z.int().nullable(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
  store: z.string().nullable().describe('Store that searches use now.'),
  previous: z.string().nullable().describe('Previous store, which still exists.'),
  problem: z.string().nullable(),
})
export type ReindexState = z.infer<typeof ReindexState>
