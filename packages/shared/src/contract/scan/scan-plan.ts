import { z } from 'zod'
import { Provider } from '../provider.ts'

/** Result of a dry run, which makes no model call and stores nothing. */
export const ScanPlan = z.object({
  cluster: z.string(),
  provider: Provider,
  model: z.string(),
  total: z.int().nonnegative(),
  toAnalyze: z.int().nonnegative(),
  /** Types with a stored answer from another cluster or an earlier scan. They need no call and no job. */
  stored: z.int().nonnegative(),
  /** Types with a curated answer. They need no call and no job. */
  curated: z.int().nonnegative(),
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
      action: z.enum(['analyze', 'stored', 'curated', 'unchanged', 'exclude', 'undescribable']),
      reason: z.string(),
      estTokens: z.int().nonnegative(),
    }),
  ),
  removals: z.object({
    known: z.int().nonnegative().describe('Number of types of the cluster in the catalog.'),
    resources: z
      .array(z.string())
      .describe('Fresh catalog rows whose type the cluster no longer serves.'),
    needsForce: z
      .boolean()
      .describe(
        'True when these are more than a fifth of the known types: then none would be marked as stale without force.',
      ),
    summary: z.string().describe('The effect of the scan on them, as a sentence.'),
  }),
})
export type ScanPlan = z.infer<typeof ScanPlan>
