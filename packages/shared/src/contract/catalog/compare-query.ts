import { z } from 'zod'
import { PageQuery } from '../page.ts'

const ClusterName = z.string().min(1).max(253)

/** Query of GET /capabilities/compare. */
export const CompareQuery = PageQuery.extend({
  cluster: ClusterName,
  with: ClusterName.describe('The other cluster.'),
  only: z
    .enum(['cluster', 'with', 'different'])
    .optional()
    .describe('Only types of `cluster` alone, of `with` alone, or of both with different answers.'),
})
export type CompareQuery = z.infer<typeof CompareQuery>
