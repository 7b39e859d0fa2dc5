import { z } from 'zod'

/** A pause or an open circuit breaker that was ended early. */
export const EndedPause = z.object({
  account: z.string(),
  model: z.string(),
  reason: z.string().describe('The cause, as reported by the provider.'),
  until: z.iso.datetime().describe('When the pause would have expired.'),
})
export type EndedPause = z.infer<typeof EndedPause>
