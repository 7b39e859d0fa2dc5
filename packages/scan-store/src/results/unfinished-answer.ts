import { z } from 'zod'
import { Usage } from '@capstan/shared/contract/usage'

const Paid = {
  /** The scan that paid. */
  scanId: z.string(),
  /** What the calls so far have used. */
  usage: Usage,
}

/** What was paid for a question that has no valid answer yet, and which call comes next. */
export const UnfinishedAnswer = z.discriminatedUnion('next', [
  /** The answer was not valid: ask for its repair. */
  z.object({
    next: z.literal('repair'),
    ...Paid,
    /** What the model has answered, as far as a repair question quotes it. */
    text: z.string(),
    faults: z.array(z.string()),
  }),
  /** A call about several types had no usable part for this one: ask about it alone. */
  z.object({ next: z.literal('ask-alone'), ...Paid }),
])
export type UnfinishedAnswer = z.infer<typeof UnfinishedAnswer>
