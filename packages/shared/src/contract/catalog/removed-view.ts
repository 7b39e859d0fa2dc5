import { z } from 'zod'

/** Known types that the cluster no longer has. */
export const RemovedView = z.object({
  cluster: z.string(),
  known: z.int().describe('Number of types of the cluster in the catalog.'),
  removed: z.array(z.object({ resource: z.string(), stale: z.boolean() })),
  unavailable: z
    .array(z.object({ group: z.string(), reason: z.string() }))
    .describe('API groups that did not answer. Their types do not count as removed.'),
  needsForce: z
    .boolean()
    .describe('Whether the deletion exceeds a fifth of the known types and needs `force`.'),
  warnings: z.array(z.string()).describe('Checks that the service account may not make.'),
})
export type RemovedView = z.infer<typeof RemovedView>
