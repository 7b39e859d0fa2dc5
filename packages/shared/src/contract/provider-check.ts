import { z } from 'zod'
import { Usage } from './usage.ts'
import { LearnedDialect } from './dialect.ts'
import { ItemProblem } from './problem.ts'
import { Provider } from './provider.ts'

/** Request to test a provider with one call like those of a scan. */
export const ProviderCheck = z.object({
  id: z.uuid(),
  provider: Provider,
  model: z.string().min(1).max(200),
  /** Undefined: the account of the provider with the most headroom. */
  account: z.string().optional(),
})
export type ProviderCheck = z.infer<typeof ProviderCheck>

/** Result of a successful call. */
export const ProviderCheckResult = z.object({
  ok: z
    .boolean()
    .describe('True when the answer is valid, so that a scan with this key and model works.'),
  provider: Provider,
  account: z
    .string()
    .nullable()
    .describe('The account of the call. Null for demo, which has no key.'),
  model: z.string(),
  demo: z.boolean().describe('True when the answers are rule-based, without a model.'),
  faults: z
    .array(z.string())
    .describe('Faults of the answer. A scan repairs them with a second call.'),
  dialect: LearnedDialect.omit({ learnedAt: true }).optional().describe('The dialect of the call.'),
  latencyMs: z.int().nonnegative().describe('Duration of the call.'),
  waitedMs: z.int().nonnegative().describe('Time that the call waited for admission.'),
  worker: z.string().describe('The worker that made the call. Only workers have keys.'),
  usage: Usage,
})
export type ProviderCheckResult = z.infer<typeof ProviderCheckResult>

/** Reply of a worker to a provider check. */
export const ProviderCheckOutcome = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('answered'), checked: ProviderCheckResult }),
  z.object({
    outcome: z.literal('failed'),
    problem: ItemProblem,
    retryAfterMs: z.number().nonnegative().optional(),
  }),
])
export type ProviderCheckOutcome = z.infer<typeof ProviderCheckOutcome>
