import { z } from 'zod'
import { LearnedDialect } from '../dialect.ts'
import { DIMENSIONS } from '../observed-limits.ts'
import { ProviderFault } from '../problem.ts'

const LimitView = z.object({
  limit: z
    .number()
    .describe(
      'Limit a minute: configured, read from response headers, or learned from rejected calls.',
    ),
  available: z
    .number()
    .describe('Available now; below 0 after a call that used more than reserved.'),
  capacity: z.number(),
})

/** Limits and state of one model of an account, shared by all workers. */
export const AccountView = z.object({
  purpose: z
    .enum(['models', 'embeddings'])
    .describe(
      'Purpose of its calls: `models` analyze types, `embeddings` create vectors for the search.',
    ),
  name: z.string(),
  model: z.string(),
  weight: z.number().describe('Share of the load relative to other accounts of the provider.'),
  limits: z.partialRecord(z.enum(DIMENSIONS), LimitView),
  concurrency: z.object({
    limit: z.number(),
    inFlight: z.int(),
    decreaseReason: z
      .string()
      .nullable()
      .describe(
        'Error that lowered the limit, because calls fail more often at higher concurrency; null if none did.',
      ),
  }),
  waiting: z.int().describe('Processes with calls in the wait queue.'),
  paused: z
    .object({
      forMs: z.int(),
      reason: z.string().describe('The cause, as reported by the provider.'),
    })
    .nullable(),
  breaker: z.object({
    state: z.enum(['closed', 'open', 'half-open']),
    forMs: z.int(),
    unhealthyMs: z.int(),
    reason: z.string().nullable().describe('Error that opened the breaker; null when closed.'),
  }),
  health: z
    .object({
      answeredAt: z.iso
        .datetime()
        .nullable()
        .describe('Last valid answer within a day, recorded at most once a minute.'),
      state: z
        .enum(['answers', 'unproven', 'misconfigured', 'refused'])
        .describe(
          '`misconfigured`: no valid answer yet and identical failures; `refused`: the provider rejects key, quota or model. In both states one call at a time is made.',
        ),
      identical: z.int().describe('Consecutive identical failures; 0 after a valid answer.'),
      fault: ProviderFault.nullable().describe('Last failure within a day.'),
    })
    .nullable()
    .describe('Health of the calls; null for embeddings.'),
  until: z.iso
    .datetime()
    .nullable()
    .describe('End of the pause or of the open breaker; null when calls may start.'),
  dialect: LearnedDialect.nullable().describe(
    'Dialect of the endpoint for this model, learned from its responses; null before the first, and for embeddings.',
  ),
  latencyMs: z.number().nullable().describe('Median latency of a call; null before the first.'),
})
export type AccountView = z.infer<typeof AccountView>
