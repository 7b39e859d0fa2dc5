import { z } from 'zod'

const Milliseconds = z.coerce.number().int().positive()

/** Settings of scans by batch. */
export const BatchConfig = {
  CAPSTAN_BATCH_POLL_MS: Milliseconds.default(30_000).describe(
    'Time between two looks at the batches of scans that were started with `execution: batch`.',
  ),
  CAPSTAN_BATCH_GATHER_MS: Milliseconds.default(60_000).describe(
    'How long a question waits at most for others before its batch is handed over.',
  ),
  CAPSTAN_BATCH_MAX_REQUESTS: z.coerce
    .number()
    .int()
    .min(1)
    .max(50_000)
    .default(5_000)
    .describe('Questions in one batch at most; 50,000 is what the providers take.'),
}
