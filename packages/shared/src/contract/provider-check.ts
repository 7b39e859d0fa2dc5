import { z } from 'zod'
import { Usage } from './capability.ts'
import { LearnedDialect } from './dialect.ts'
import { ItemProblem } from './problem.ts'
import { Provider } from './provider.ts'

/** A key and a model that are to be tried with one call as a scan makes it. */
export const ProviderCheck = z.object({
  id: z.uuid(),
  provider: Provider,
  model: z.string().min(1).max(200),
  /** Undefined: whichever account of the provider has room. */
  account: z.string().optional(),
})
export type ProviderCheck = z.infer<typeof ProviderCheck>

/** The call was answered. */
export const ProviderCheckResult = z.object({
  ok: z.boolean().describe('The answer is valid, so a scan with this key and model works.'),
  provider: Provider,
  account: z.string().nullable().describe('Whose key was tried; null for demo, which has none.'),
  model: z.string(),
  demo: z.boolean().describe('It answers by rules, not with a model.'),
  faults: z
    .array(z.string())
    .describe('What is wrong with the answer; a scan would have it repaired by one more call.'),
  dialect: LearnedDialect.omit({ learnedAt: true })
    .optional()
    .describe('How the endpoint was asked.'),
  latencyMs: z.int().nonnegative().describe('Time of the call.'),
  waitedMs: z.int().nonnegative().describe('Time it waited for admission.'),
  worker: z.string().describe('Which worker made the call: only workers hold keys.'),
  usage: Usage,
})
export type ProviderCheckResult = z.infer<typeof ProviderCheckResult>

/** What a worker answers. */
export const ProviderCheckOutcome = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('answered'), checked: ProviderCheckResult }),
  z.object({
    outcome: z.literal('failed'),
    problem: ItemProblem,
    retryAfterMs: z.number().nonnegative().optional(),
  }),
])
export type ProviderCheckOutcome = z.infer<typeof ProviderCheckOutcome>
