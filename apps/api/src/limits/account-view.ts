import { z } from 'zod'
import { blockOf } from '@capstan/shared/limits/block-of'
import { limitKeyFor } from '@capstan/shared/limits/limit-key'
import { DIMENSIONS, type Limiter } from '@capstan/shared/limits/types'

const LimitView = z.object({
  limit: z
    .number()
    .describe('A minute, as stated, as the provider told, or as learned from what it turned away.'),
  available: z.number().describe('What may be spent at once now; below 0 after a costly call.'),
  capacity: z.number(),
})
export const AccountView = z.object({
  purpose: z
    .enum(['models', 'embeddings'])
    .describe(
      'What its calls are for: `models` analyse types, `embeddings` make vectors for the search.',
    ),
  name: z.string(),
  model: z.string(),
  weight: z.number().describe('How much of it may be in use beside the others of its provider.'),
  limits: z.partialRecord(z.enum(DIMENSIONS), LimitView),
  concurrency: z.object({ limit: z.number(), inFlight: z.int() }),
  waiting: z.int().describe('Processes with calls that wait for a turn.'),
  paused: z
    .object({ forMs: z.int(), reason: z.string().describe("The cause, in the provider's words.") })
    .nullable(),
  breaker: z.object({
    state: z.enum(['closed', 'open', 'half-open']),
    forMs: z.int(),
    brokenMs: z.int(),
    reason: z.string().nullable().describe('The fault that opened it; null when closed.'),
  }),
  until: z.iso
    .datetime()
    .nullable()
    .describe('When the pause or the open period ends; null when calls may start.'),
  latencyMs: z.number().nullable().describe('Median of a call; null before the first.'),
})
export type AccountView = z.infer<typeof AccountView>

/** What one model of an account may do now. */
export async function accountView(
  limiter: Pick<Limiter, 'snapshot'>,
  named: Pick<AccountView, 'purpose' | 'name' | 'model' | 'weight'>,
): Promise<AccountView> {
  const snapshot = await limiter.snapshot(limitKeyFor(named.name, named.model))
  const { atMs, dimensions, concurrency, waiting, paused, breaker, latency } = snapshot
  const block = blockOf(snapshot)
  return {
    ...named,
    limits: dimensions,
    concurrency,
    waiting,
    paused,
    breaker,
    until: block && new Date(atMs + block.forMs).toISOString(),
    latencyMs: latency?.medianMs ?? null,
  }
}
