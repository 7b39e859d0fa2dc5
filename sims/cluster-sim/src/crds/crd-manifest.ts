import { z } from 'zod'

const Version = z.looseObject({
  name: z.string(),
  served: z.boolean(),
  storage: z.boolean(),
  schema: z.looseObject({ openAPIV3Schema: z.record(z.string(), z.unknown()) }).optional(),
  subresources: z
    .looseObject({ status: z.unknown().optional(), scale: z.unknown().optional() })
    .optional(),
  selectableFields: z.array(z.looseObject({ jsonPath: z.string() })).optional(),
})

/** A CustomResourceDefinition as users apply it. Unknown fields are kept unchanged. */
export const CrdManifest = z.looseObject({
  apiVersion: z.literal('apiextensions.k8s.io/v1'),
  kind: z.literal('CustomResourceDefinition'),
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({
    group: z.string(),
    scope: z.enum(['Namespaced', 'Cluster']),
    names: z.looseObject({
      plural: z.string(),
      kind: z.string(),
      singular: z.string().optional(),
      listKind: z.string().optional(),
      shortNames: z.array(z.string()).optional(),
      categories: z.array(z.string()).optional(),
    }),
    versions: z.array(Version).min(1),
  }),
})
export type CrdManifest = z.infer<typeof CrdManifest>
export type CrdManifestVersion = z.infer<typeof Version>
