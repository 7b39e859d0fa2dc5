import { z } from 'zod'

const Milliseconds = z.coerce.number().int().positive()

/** Settings of scans with `execution: batch`. */
export const BatchSettings = {
  CAPSTAN_BATCH_POLL_MS: Milliseconds.default(30_000).describe(
    'Poll interval for the provider batches of scans with `execution: batch`.',
  ),
  CAPSTAN_BATCH_MAX_WAIT_MS: Milliseconds.default(60_000).describe(
    'The longest time that a request waits for others before its batch is submitted.',
  ),
  CAPSTAN_BATCH_MAX_REQUESTS: z.coerce
    .number()
    .int()
    .min(1)
    .max(50_000)
    .default(5_000)
    .describe('Maximum number of requests per batch. Providers accept up to 50,000.'),
}
