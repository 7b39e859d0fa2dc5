import { z } from 'zod'
import { Usage } from './capability.ts'
import { ItemProblem } from './problem.ts'
import { Provider } from './scan.ts'

/** A key and a model that are to be tried with one call of as few tokens as the provider takes. */
export const ProviderCheck = z.object({
  id: z.uuid(),
  provider: Provider,
  model: z.string().min(1).max(200),
  /** Undefined: whichever account of the provider has room. */
  account: z.string().optional(),
})
export type ProviderCheck = z.infer<typeof ProviderCheck>

/** The call was answered, so that a scan with this key and model will be as well. */
export const ProviderCheckPassed = z.object({
  ok: z.literal(true),
  provider: Provider,
  account: z.string().nullable().describe('Whose key was tried; null for demo, which has none.'),
  model: z.string(),
  demo: z.boolean().describe('It answers by rules, not with a model.'),
  latencyMs: z.int().nonnegative().describe('Time of the call.'),
  waitedMs: z.int().nonnegative().describe('Time it waited for its turn under the limits.'),
  worker: z.string().describe('Who made the call: only workers hold keys.'),
  usage: Usage,
})
export type ProviderCheckPassed = z.infer<typeof ProviderCheckPassed>

/** What a worker answers. */
export const ProviderCheckOutcome = z.discriminatedUnion('ok', [
  ProviderCheckPassed,
  z.object({
    ok: z.literal(false),
    problem: ItemProblem,
    retryAfterMs: z.number().nonnegative().optional(),
  }),
])
export type ProviderCheckOutcome = z.infer<typeof ProviderCheckOutcome>
