import { z } from 'zod'
import { Usage } from './capability.ts'
import { LearnedDialect } from './dialect.ts'
import { ItemProblem } from './problem.ts'
import { Provider } from './scan.ts'

/** A key and a model that are to be tried with one call as a scan makes it. */
export const ProviderCheck = z.object({
  id: z.uuid(),
  provider: Provider,
  model: z.string().min(1).max(200),
  /** Undefined: whichever account of the provider has room. */
  account: z.string().optional(),
})
export type ProviderCheck = z.infer<typeof ProviderCheck>

/** How the endpoint was asked; see inference/dialect.ts. */
const CheckedDialect = z.object({
  output: z.enum(['strict_schema', 'schema', 'json_object', 'text']),
  limit: z.enum(['max_tokens', 'max_completion_tokens']),
  system: z.enum(['system', 'user']),
})

/** The call was answered. */
export const ProviderChecked = z.object({
  ok: z.boolean().describe('The answer is valid, so a scan with this key and model works.'),
  provider: Provider,
  account: z.string().nullable().describe('Whose key was tried; null for demo, which has none.'),
  model: z.string(),
  dialect: LearnedDialect.omit({ learnedAt: true })
    .nullable()
    .describe('How the endpoint had to be asked; null for demo, which has one form.'),
  demo: z.boolean().describe('It answers by rules, not with a model.'),
  faults: z
    .array(z.string())
    .describe('What is wrong with the answer; a scan would have it repaired by one more call.'),
  dialect: CheckedDialect.optional().describe('How the endpoint was asked.'),
  latencyMs: z.int().nonnegative().describe('Time of the call.'),
  waitedMs: z.int().nonnegative().describe('Time it waited for admission.'),
  worker: z.string().describe('Which worker made the call: only workers hold keys.'),
  usage: Usage,
})
export type ProviderChecked = z.infer<typeof ProviderChecked>

/** What a worker answers. */
export const ProviderCheckOutcome = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('answered'), checked: ProviderChecked }),
  z.object({
    outcome: z.literal('failed'),
    problem: ItemProblem,
    retryAfterMs: z.number().nonnegative().optional(),
  }),
])
export type ProviderCheckOutcome = z.infer<typeof ProviderCheckOutcome>
