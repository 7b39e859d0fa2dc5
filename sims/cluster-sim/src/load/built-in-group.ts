import { z } from 'zod'

const Schema = z.record(z.string(), z.unknown())

const BuiltInType = z.strictObject({
  kind: z.string(),
  plural: z.string(),
  singular: z.string().optional(),
  scope: z.enum(['Namespaced', 'Cluster']).default('Namespaced'),
  shortNames: z.array(z.string()).optional(),
  categories: z.array(z.string()).optional(),
  /** In order of preference. */
  versions: z.array(z.string()).default(['v1']),
  verbs: z
    .array(z.string())
    .default(['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']),
  subresources: z.array(z.string()).default([]),
  schema: Schema,
})

/** One group of built-in types in the format of the demo cluster. */
export const BuiltInGroup = z.strictObject({
  /** Empty for the core group. */
  group: z.string(),
  /** Prefix of the group's OpenAPI names, such as `io.k8s.api.apps`. */
  schemaPrefix: z.string(),
  types: z.array(BuiltInType),
  /** Schemas that types reference by bare name, in this file or any other: `$ref: PodSpec`. */
  schemas: z.record(z.string(), Schema).default({}),
})
export type BuiltInGroup = z.infer<typeof BuiltInGroup>
export type BuiltInType = z.infer<typeof BuiltInType>
