import { z } from 'zod'

/** Response of POST /capabilities/import. */
export const ImportResult = z.object({
  rows: z
    .int()
    .describe('Number of rows in the body. The catalog holds each of them, or a newer row.'),
  keptNewer: z.int().describe('Number of rows that were older than the row in the catalog.'),
})
export type ImportResult = z.infer<typeof ImportResult>
