import { z } from 'zod'

const Text = z.string().catch('')
const Texts = z.array(z.string()).nullish().catch(null)

/** An invalid member is dropped, the column is kept. */
const ColumnSpec = z.object({
  name: Text,
  type: Text,
  jsonPath: Text,
  description: z.string().optional().catch(undefined),
  priority: z.int().optional().catch(undefined),
})

const CrdVersionSpec = z.object({
  name: z.string(),
  served: z.boolean().catch(true),
  deprecated: z.boolean().catch(false),
  // Not parsed here: it can have any form, and is large.
  schema: z.object({ openAPIV3Schema: z.unknown() }).partial().nullish().catch(null),
  subresources: z.looseObject({}).nullish().catch(null),
  additionalPrinterColumns: z.array(ColumnSpec).nullish().catch(null),
})
export type CrdVersionSpec = z.infer<typeof CrdVersionSpec>

/** The fields of a CRD that are read. Invalid optional fields get defaults, because files and old clusters contain them. */
export const CustomResourceDefinition = z.object({
  metadata: z
    .object({
      name: Text,
      uid: Text,
      generation: z.number().catch(0),
      labels: z.record(z.string(), z.string()).nullish().catch(null),
    })
    .catch({ name: '', uid: '', generation: 0, labels: null }),
  spec: z.object({
    group: z.string(),
    scope: z.enum(['Namespaced', 'Cluster']),
    names: z.object({
      plural: z.string(),
      kind: z.string(),
      singular: Text,
      shortNames: Texts,
      categories: Texts,
    }),
    versions: z.array(CrdVersionSpec),
  }),
})
export type CustomResourceDefinition = z.infer<typeof CustomResourceDefinition>

/** The operator or project of a CRD, from its labels. Labels of releases and versions are not used: they change often. */
export function findOperator({ metadata }: CustomResourceDefinition): string | undefined {
  const labels = metadata.labels ?? {}
  return labels['app.kubernetes.io/part-of'] ?? labels['app.kubernetes.io/name'] ?? labels['app']
}
