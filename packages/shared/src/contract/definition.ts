import { z } from 'zod'
import { PrinterColumn } from './printer-column.ts'
import { ResourceType } from './resource-type.ts'
import { Suspicion } from './suspicion.ts'

/** Stored form of the definition of a type: the pruned outline for the model, and its origin. */
export const Definition = z.object({
  type: ResourceType,
  /** Text for the model, within the token budget. */
  outline: z.string(),
  /** Estimated tokens of the outline. */
  outlineTokens: z.int().nonnegative(),
  /** Parts were removed to stay within the token budget. */
  truncated: z.boolean(),
  /** False when the cluster publishes no schema of the type: the answer is based on names alone. */
  schemaPublished: z.boolean(),
  /** Columns of `kubectl get`. Not part of a hash, because columns do not change the capabilities of a type. */
  printerColumns: z.array(PrinterColumn).default([]),
  /** Text of the outline that looks like a prompt injection. A function of the outline alone. */
  suspicions: z.array(Suspicion).default([]),
  /** SHA-256 of the canonical definition. Changes with each change of the type. */
  definitionHash: z.string().regex(/^[0-9a-f]{64}$/),
  /** SHA-256 of the outline: the storage key of the definition and a part of the content key. */
  outlineHash: z.string().regex(/^[0-9a-f]{64}$/),
})
export type Definition = z.infer<typeof Definition>
