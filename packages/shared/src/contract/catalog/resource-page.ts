import { z } from 'zod'
import { pageSchema } from '../page.ts'
import { ResourceView } from './resource-view.ts'

/** Response of GET /resources. */
export const ResourcePage = pageSchema(ResourceView).extend({
  unavailable: z.array(z.object({ group: z.string(), reason: z.string() })),
  warnings: z
    .array(z.string())
    .describe('Skipped files and definitions of a manifest folder, with reasons.'),
})
export type ResourcePage = z.infer<typeof ResourcePage>
