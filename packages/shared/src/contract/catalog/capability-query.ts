import { z } from 'zod'
import { ShownSource } from '../answer-source.ts'
import { COMPLEXITIES } from '../choice-names.ts'

/** Filters of all routes for capabilities. */
export const CapabilityQuery = z.object({
  cluster: z.string().min(1).max(253).optional(),
  group: z.string().max(253).optional().describe('API group; empty for the core group.'),
  provider: z.string().max(120).optional().describe('Cloud, vendor or project; case-insensitive.'),
  complexity: z.enum(COMPLEXITIES).optional(),
  scope: z.enum(['Namespaced', 'Cluster']).optional(),
  source: ShownSource.optional().describe(
    'Source of the answer: a model, the curated answers, rules (a guess), or the override of a person.',
  ),
  minConfidence: z.coerce.number().min(0).max(1).optional(),
  stale: z.stringbool().optional(),
  suspicious: z
    .stringbool()
    .optional()
    .describe(
      'Only answers that may have followed instructions in their definition (prompt injection).',
    ),
  lowConfidence: z.stringbool().optional().describe('Only answers with low confidence.'),
})
export type CapabilityQuery = z.infer<typeof CapabilityQuery>
