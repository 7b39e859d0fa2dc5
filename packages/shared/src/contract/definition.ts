import { z } from 'zod'
import { PrinterColumn } from './printer-column.ts'
import { ResourceType } from './resource-type.ts'
import { Suspicion } from './suspicion.ts'

/** What Capstan keeps of a type's definition: the pruned outline a model reads, and where it came from. */
export const Definition = z.object({
  type: ResourceType,
  /** Text shown to the model, within the token budget. */
  outline: z.string(),
  /** Estimated tokens of the outline. */
  outlineTokens: z.int().nonnegative(),
  /** Something was left out to stay in the budget. */
  truncated: z.boolean(),
  /** False when the cluster publishes no schema for the type: the answer rests on names alone. */
  schemaPublished: z.boolean(),
  /** What `kubectl get` prints of it. Part of no hash: columns change nothing of what a type can do. */
  printerColumns: z.array(PrinterColumn).default([]),
  /** Text of the outline that looks like an attempt to instruct the model. Follows from the outline alone. */
  suspicions: z.array(Suspicion).default([]),
  /** SHA-256 of the canonical definition: changes when the type changes. */
  definitionHash: z.string().regex(/^[0-9a-f]{64}$/),
  /** SHA-256 of the outline: the name it is stored under and all the result cache depends on. */
  outlineHash: z.string().regex(/^[0-9a-f]{64}$/),
})
export type Definition = z.infer<typeof Definition>
