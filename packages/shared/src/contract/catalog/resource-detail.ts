import { z } from 'zod'
import { Definition } from '../definition.ts'
import { ResourceView } from './resource-view.ts'

/** A type of the cluster and its definition. */
export const ResourceDetail = ResourceView.extend({
  definition: Definition.omit({ type: true }).nullable(),
  reason: z.string().nullable().describe('Reason for a missing definition.'),
})
export type ResourceDetail = z.infer<typeof ResourceDetail>
