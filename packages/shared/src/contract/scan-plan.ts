import { z } from 'zod'
import { Provider } from './provider.ts'

/** What a dry run answers. It spends nothing and stores nothing. */
export const ScanPlan = z.object({
  cluster: z.string(),
  provider: Provider,
  model: z.string(),
  total: z.int().nonnegative(),
  toAnalyze: z.int().nonnegative(),
  /** Types whose answer is stored already, for another cluster or by an earlier scan: no call and no job. */
  stored: z.int().nonnegative(),
  skippedUnchanged: z.int().nonnegative(),
  excluded: z.int().nonnegative(),
  unavailable: z.array(z.object({ group: z.string(), reason: z.string() })),
  warnings: z.array(z.string()),
  estimate: z.object({
    inputTokens: z.int().nonnegative(),
    outputTokens: z.int().nonnegative(),
    costUsd: z.object({ low: z.number(), expected: z.number(), high: z.number() }).nullable(),
    pricing: z.enum(['known', 'unknown']),
    durationSeconds: z.number().nonnegative(),
  }),
  resources: z.array(
    z.object({
      resource: z.string(),
      action: z.enum(['analyze', 'stored', 'unchanged', 'exclude', 'undescribable']),
      reason: z.string(),
      estTokens: z.int().nonnegative(),
    }),
  ),
  removals: z.object({
    known: z.int().nonnegative().describe('How many types the catalog knows of the cluster.'),
    resources: z
      .array(z.string())
      .describe('Fresh ones of them that the cluster no longer offers.'),
    needsForce: z
      .boolean()
      .describe('They are more than a fifth of what is known, so none would be marked as stale.'),
    summary: z.string().describe('What would become of them, in words.'),
  }),
})
export type ScanPlan = z.infer<typeof ScanPlan>
