import { z } from 'zod'
import { ResourceType } from '../resource-type.ts'
import { Freshness } from './freshness.ts'

/** A type of the cluster and the state of its catalog row. */
export const ResourceView = ResourceType.extend({ resource: z.string(), capability: Freshness })
export type ResourceView = z.infer<typeof ResourceView>
