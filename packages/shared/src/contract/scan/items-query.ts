import { z } from 'zod'
import { PageQuery } from '../page.ts'
import { ItemStatus } from './scan-item.ts'

/** Query of GET /scans/{id}/resources. */
export const ItemsQuery = PageQuery.extend({
  status: ItemStatus.optional(),
  q: z
    .string()
    .max(253)
    .optional()
    .describe('Part of the name, in any case. The types are ordered by name unless `sort` is set.'),
  sort: z.enum(['resource', 'duration']).optional(),
})
export type ItemsQuery = z.infer<typeof ItemsQuery>
