import { z } from 'zod'
import { PageQuery } from '../page.ts'
import { ItemStatus } from './scan-item.ts'

/** Query of GET /scans/{id}/resources. */
export const ItemsQuery = PageQuery.extend({
  status: ItemStatus.optional(),
  sort: z.enum(['resource', 'duration']).optional(),
})
export type ItemsQuery = z.infer<typeof ItemsQuery>
