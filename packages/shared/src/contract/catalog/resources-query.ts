import { z } from 'zod'
import { PageQuery } from '../page.ts'
import { Freshness } from './freshness.ts'

/** Query of GET /resources. */
export const ResourcesQuery = PageQuery.extend({
  cluster: z.string().min(1).max(253).optional(),
  q: z.string().max(253).optional().describe('Part of the name, the kind or a short name.'),
  group: z.string().max(253).optional().describe('API group; empty for the core group.'),
  crd: z
    .stringbool()
    .optional()
    .describe('true: only types with a CRD. false: only types without a CRD.'),
  capability: Freshness.optional(),
})
export type ResourcesQuery = z.infer<typeof ResourcesQuery>
