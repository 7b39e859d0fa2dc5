import { z } from 'zod'

/** Body of POST /scans/{id}/retry and /discard. */
export const FailedTypes = z.strictObject({
  only: z
    .union([z.literal('failed'), z.array(z.string().min(1).max(520)).min(1).max(5_000)])
    .default('failed')
    .describe('`failed` for all failed types, or names of failed types.'),
})
export type FailedTypes = z.infer<typeof FailedTypes>
