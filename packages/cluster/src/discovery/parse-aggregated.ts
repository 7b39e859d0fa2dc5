import { z } from 'zod'
import type { VersionedResource, RawDiscovery } from './versioned-resource.ts'

const Texts = z.array(z.string()).nullish()

const Resource = z.object({
  resource: z.string().min(1),
  responseKind: z.object({ kind: z.string().min(1) }),
  scope: z.enum(['Namespaced', 'Cluster']),
  singularResource: z.string().default(''),
  verbs: Texts,
  shortNames: Texts,
  categories: Texts,
  subresources: z.array(z.object({ subresource: z.string() })).nullish(),
})

const Group = z.object({
  metadata: z.object({ name: z.string().default('') }).default({ name: '' }),
  versions: z
    .array(
      z.object({
        version: z.string(),
        freshness: z.string().default('Current'),
        // Parsed one by one: a failing server can send a resource without a kind among valid ones.
        resources: z.array(z.unknown()).nullish(),
      }),
    )
    .default([]),
})
type Group = z.infer<typeof Group>

const GroupList = z.object({ items: z.array(Group).default([]) })

/** Reads an APIGroupDiscoveryList (parsed JSON). The resources of a stale group are unknown, not removed. */
export function parseAggregated(list: unknown): RawDiscovery {
  const found: RawDiscovery = { resources: [], unavailable: [] }
  for (const group of GroupList.parse(list).items) {
    const stale = group.versions.find(({ freshness }) => freshness !== 'Current')
    if (stale) {
      const reason = `discovery of version ${stale.version} is ${stale.freshness.toLowerCase()}: its server does not answer`
      found.unavailable.push({ group: group.metadata.name, reason })
    } else found.resources.push(...readResources(group))
  }
  return found
}

function readResources(group: Group): VersionedResource[] {
  return group.versions.flatMap(({ version, resources }) =>
    (resources ?? []).flatMap((raw) => {
      const parsed = Resource.safeParse(raw)
      if (!parsed.success) return []
      const { resource, responseKind, scope, singularResource, ...lists } = parsed.data
      return [
        {
          group: group.metadata.name,
          version,
          plural: resource,
          scope,
          singular: singularResource,
          kind: responseKind.kind,
          verbs: lists.verbs ?? [],
          shortNames: lists.shortNames ?? [],
          categories: lists.categories ?? [],
          subresources: (lists.subresources ?? []).map(({ subresource }) => subresource),
        },
      ]
    }),
  )
}
