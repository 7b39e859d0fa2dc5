import { z } from 'zod'

const Kind = z.looseObject({ group: z.string(), version: z.string(), kind: z.string() })

const Subresource = z.looseObject({
  subresource: z.string(),
  responseKind: Kind,
  verbs: z.array(z.string()),
})

export const DiscoveredResource = z.looseObject({
  resource: z.string(),
  responseKind: Kind,
  scope: z.enum(['Namespaced', 'Cluster']),
  singularResource: z.string(),
  verbs: z.array(z.string()),
  shortNames: z.array(z.string()).optional(),
  categories: z.array(z.string()).optional(),
  subresources: z.array(Subresource).optional(),
})
export type DiscoveredResource = z.infer<typeof DiscoveredResource>

/** A group of aggregated discovery (apidiscovery.k8s.io/v2). The core group has no name. */
export const DiscoveredGroup = z.looseObject({
  metadata: z.looseObject({ name: z.string().optional() }),
  versions: z.array(
    z.looseObject({
      version: z.string(),
      resources: z.array(DiscoveredResource),
      freshness: z.enum(['Current', 'Stale']),
    }),
  ),
})
export type DiscoveredGroup = z.infer<typeof DiscoveredGroup>
