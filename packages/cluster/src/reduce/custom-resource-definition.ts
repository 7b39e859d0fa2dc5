import { z } from 'zod'

const Text = z.string().catch('')
const Texts = z.array(z.string()).nullish().catch(null)

/** Of another type each is left out, not the column. */
const PrinterColumnFacts = z.object({
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
  // Taken apart by hand later: it may be anything, and large.
  schema: z.object({ openAPIV3Schema: z.unknown() }).partial().nullish().catch(null),
  subresources: z.looseObject({}).nullish().catch(null),
  additionalPrinterColumns: z.array(PrinterColumnFacts).nullish().catch(null),
})
export type CrdVersionSpec = z.infer<typeof CrdVersionSpec>

/** What is read of a CustomResourceDefinition. Everything a bad author may get wrong has a way out. */
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

/** The operator or project a CRD says it belongs to. No release or version, which differ where nothing else does. */
export function findOperator({ metadata }: CustomResourceDefinition): string | undefined {
  const labels = metadata.labels ?? {}
  return labels['app.kubernetes.io/part-of'] ?? labels['app.kubernetes.io/name'] ?? labels['app']
}
