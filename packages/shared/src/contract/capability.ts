import { z } from 'zod'
import { readAnswerSource, ShownSource } from './answer-source.ts'
import { PrinterColumn } from './printer-column.ts'
import { Suspicion } from './suspicion.ts'
import { CapabilityAnswer, InferredCapability } from './inferred-capability.ts'
import { Usage } from './usage.ts'

/** Answers below this confidence are marked for review. */
export const LOW_CONFIDENCE = 0.5

/** Origin of an answer: enough to reproduce it, or to distrust it. */
const Provenance = z.object({
  provider: z.string(),
  model: z.string(),
  promptVersion: z.string(),
  /** Number of other types in the same call (multi-type prompt). 0: the call was about this type alone. */
  sharedWith: z.int().nonnegative().default(0),
  definitionHash: z.string(),
  contentKey: z.string(),
  scanId: z.string(),
  /** Id of the worker that made the call. Null for a curated answer, and in an imported row without one. */
  worker: z.string().nullable().default(null),
  /** Number of the attempt that paid for the answer. Null when no attempt did, as for a curated answer or an unclaimed batch answer. */
  attempt: z.int().positive().nullable().default(null),
  inferredAt: z.iso.datetime(),
  /** Start of the scan that read the definition. A stored answer is current again when its definition returns. */
  asOf: z.iso.datetime().optional(),
  durationMs: z.int().nonnegative(),
  usage: Usage,
  /** The outline was cut to the token budget. */
  truncated: z.boolean(),
})
type Provenance = z.infer<typeof Provenance>

/** Correction of an answer by a person. Stored separately from the rows, so that it survives rescans. */
export const CapabilityOverride = z.object({
  /** Name of the token that set it. */
  by: z.string(),
  at: z.iso.datetime(),
  note: z.string().nullable(),
  /** Fields that replace those of the inferred answer. */
  fields: InferredCapability.partial(),
})
export type CapabilityOverride = z.infer<typeof CapabilityOverride>

/** One row of the catalog: metadata from the API server, the inferred answer, and its provenance. */
export const Capability = z.object({
  /** UUIDv5 of cluster, group and kind, so that a type always has the same id. */
  id: z.uuid(),
  cluster: z.string(),
  resource: z.string(),
  group: z.string(),
  version: z.string(),
  apiVersion: z.string(),
  kind: z.string(),
  scope: z.enum(['Namespaced', 'Cluster']),
  verbs: z.array(z.string()),
  shortNames: z.array(z.string()),
  categories: z.array(z.string()),
  /** Columns of `kubectl get -o wide`, the name first. Empty in rows of older versions. */
  printerColumns: z.array(PrinterColumn).default([]),
  ...CapabilityAnswer.shape,
  /** Also false after a person has overridden a field. */
  lowConfidence: z.boolean(),
  /** Text that looks like a prompt injection. Any suspicion caps the confidence. */
  suspicions: z.array(Suspicion).default([]),
  /** The correction by a person. `inferred` has the values of the answer for the same fields. */
  override: CapabilityOverride.extend({ inferred: CapabilityAnswer.partial() })
    .nullable()
    .default(null),
  /** The definition changed, or the type was removed, after this answer. */
  stale: z.boolean(),
  provenance: Provenance,
})
export type Capability = z.infer<typeof Capability>

/** A row as the API returns it. The source is derived, so that no stored row can contradict its provenance. */
export const CapabilityView = Capability.extend({
  source: ShownSource.describe(
    'Source of the answer: a model, the curated answers, rules (a guess), or the override of a person.',
  ),
})
export type CapabilityView = z.infer<typeof CapabilityView>

export function toCapabilityView(row: Capability): CapabilityView {
  return { ...row, source: readAnswerSource(row) }
}
