import type { Redis } from 'ioredis'
import { z } from 'zod'
import { LearnedDialect } from '@capstan/shared/contract/dialect'
import { blockOf } from '@capstan/limits/block-of'
import { ProviderFault } from '@capstan/shared/contract/problem'
import type { Provider } from '@capstan/shared/contract/provider'
import { limitKeyFor } from '@capstan/limits/limit-key'
import { openRouteHealth, type RouteHealthView } from '@capstan/limits/route-health'
import { DIMENSIONS } from '@capstan/shared/contract/observed-limits'
import type { Limiter } from '@capstan/limits/types'
import type { RedisKeys } from '@capstan/redis/keys'

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
  concurrency: z.object({
    limit: z.number(),
    inFlight: z.int(),
    lowered: z
      .string()
      .nullable()
      .describe(
        'Words of the failure that lowered the limit, because calls fail more often the more are in flight; null when none has.',
      ),
  }),
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
  health: z
    .object({
      answeredAt: z.iso
        .datetime()
        .nullable()
        .describe('The last good answer within a day; noted once a minute at most.'),
      state: z
        .enum(['answers', 'unproven', 'misconfigured', 'refused'])
        .describe(
          '`misconfigured`: never answered well and failing alike; `refused`: key, quota or model. Calls are made one at a time then.',
        ),
      identical: z.int().describe('Identical failures in a row; 0 after a good answer.'),
      fault: ProviderFault.nullable().describe('The last failure within a day.'),
    })
    .nullable()
    .describe('Whether its calls are answered well; null for embeddings.'),
  until: z.iso
    .datetime()
    .nullable()
    .describe('When the pause or the open period ends; null when calls may start.'),
  dialect: LearnedDialect.nullable().describe(
    'How its endpoint has to be asked for this model, learned from its answers; null before the first, and for embeddings.',
  ),
  latencyMs: z.number().nullable().describe('Median of a call; null before the first.'),
})
export type AccountView = z.infer<typeof AccountView>

export interface AccountViewDeps {
  limiter: Pick<Limiter, 'snapshot'>
  redis: Redis
  keys: RedisKeys
}

/** What one model of an account may do now; without a provider its health is not read. */
export async function accountView(
  { limiter, redis, keys }: AccountViewDeps,
  named: Pick<AccountView, 'purpose' | 'name' | 'model' | 'weight' | 'dialect'>,
  provider?: Provider,
): Promise<AccountView> {
  const { name: account, model } = named
  const [snapshot, view] = await Promise.all([
    limiter.snapshot(limitKeyFor(account, model)),
    provider && openRouteHealth(redis, keys).read({ provider, account, model }),
  ])
  const { atMs, dimensions, concurrency, waiting, paused, breaker, latency } = snapshot
  const block = blockOf(snapshot)
  return {
    ...named,
    limits: dimensions,
    concurrency,
    waiting,
    paused,
    breaker,
    health: view ? healthView(view) : null,
    until: block && new Date(atMs + block.forMs).toISOString(),
    latencyMs: latency?.medianMs ?? null,
  }
}

function healthView({ answeredAt, verdict, ...view }: RouteHealthView): AccountView['health'] {
  return { answeredAt, state: verdict ?? (answeredAt ? 'answers' : 'unproven'), ...view }
}
