import { z } from 'zod'

/** Metadata of a resource type from the API server. No part of it comes from a model. */
export const ResourceType = z.object({
  /** API group; empty for the core group. */
  group: z.string().max(253),
  version: z.string().max(63),
  kind: z.string().min(1).max(253),
  plural: z.string().min(1).max(253),
  singular: z.string().max(253).default(''),
  scope: z.enum(['Namespaced', 'Cluster']),
  verbs: z.array(z.string()),
  shortNames: z.array(z.string()),
  categories: z.array(z.string()),
  /** Source of the type. Determines where its schema is read from. */
  origin: z.enum(['builtin', 'crd', 'aggregated']),
})
export type ResourceType = z.infer<typeof ResourceType>

/** `plural.group`, the identifier of a type. A core type is its plural alone. */
export function resourceName(type: Pick<ResourceType, 'plural' | 'group'>): string {
  return type.group === '' ? type.plural : `${type.plural}.${type.group}`
}

/** `group/version` as in manifests. In the core group, the version alone. */
export function apiVersion(type: Pick<ResourceType, 'group' | 'version'>): string {
  return type.group === '' ? type.version : `${type.group}/${type.version}`
}
