import { z } from 'zod'
import { PageQuery } from '../page.ts'
import { ScanStatus } from './scan-status.ts'

/** Query of GET /scans. */
export const ScansQuery = PageQuery.extend({
  status: ScanStatus.optional(),
  cluster: z.string().min(1).max(253).optional(),
  createdAfter: z.iso.datetime({ offset: true }).optional(),
  // Example: `label.team=platform`. Callers choose the label names.
}).catchall(z.string().max(128))
export type ScansQuery = z.infer<typeof ScansQuery>
