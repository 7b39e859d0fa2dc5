import { z } from 'zod'
import { PageQuery } from '../page.ts'
import { ItemReason } from '../problem.ts'
import { ITEM_SORTS } from './item-sorts.ts'
import { ItemStatus } from './scan-item.ts'

/** Query of GET /scans/{id}/resources. */
export const ItemsQuery = PageQuery.extend({
  status: ItemStatus.optional(),
  reason: ItemReason.optional().describe('Only types that failed for this reason.'),
  group: z.string().max(253).optional().describe('API group; empty for the core group.'),
  q: z.string().max(253).optional().describe('Part of the name, in any case.'),
  sort: z
    .enum(ITEM_SORTS)
    .optional()
    .describe(
      '`duration` and `tokens`: largest first. `confidence`: lowest first. `status`: failed, running, retrying, queued, ' +
        'succeeded, skipped, canceled. Types without a value come last; equal ones are ordered by name. Default: by name, or ' +
        'with `status` as the only filter by the time of its last change.',
    ),
})
export type ItemsQuery = z.infer<typeof ItemsQuery>
