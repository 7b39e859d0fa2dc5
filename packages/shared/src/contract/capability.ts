import { z } from 'zod'
import { PrinterColumn } from './printer-column.ts'
import { Suspicion } from './suspicion.ts'

const Phrase = z.string().trim().min(1).max(120)

/** What a model must answer about one type. The only place where these fields and bounds are written. */
export const InferredCapability = z.object({
  capabilities: z
    .array(Phrase)
    .min(1)
    .max(12)
    .describe('What the type lets a user do, most important first, as short noun phrases.'),
  providers: z
    .array(Phrase)
    .max(12)
    .describe('Clouds, vendors or projects it works with; empty when it is independent of any.'),
  abstractions: z
    .array(Phrase)
    .max(12)
    .describe('Complexity it hides from the user, such as high availability or scheduling.'),
  complexity: z
    .enum(['low', 'medium', 'high'])
    .describe('How hard it is to use: low stands alone, high needs many other resources.'),
  description: z.string().trim().min(1).max(600).describe('One or two plain sentences.'),
  useCase: z.string().trim().min(1).max(600).describe('When somebody would reach for it.'),
  confidence: z.number().min(0).max(1).describe('How well the definition supports this answer.'),
  searchPhrases: z
    .array(Phrase)
    .max(10)
    .describe('What a user would type who needs this and does not know its name.'),
})
export type InferredCapability = z.infer<typeof InferredCapability>

/** Below this the answer is flagged for a look by a person. */
export const LOW_CONFIDENCE = 0.5

export const Usage = z.object({
  /** Prompt tokens billed at the full rate. */
  inputTokens: z.int().nonnegative(),
  /** Prompt tokens read from the provider's cache; not part of inputTokens. */
  cachedTokens: z.int().nonnegative(),
  outputTokens: z.int().nonnegative(),
  /** How many of these tokens are estimated, because the provider did not report them; left out when all were reported. */
  estimatedTokens: z.int().positive().optional(),
})
export type Usage = z.infer<typeof Usage>

export const NO_USAGE: Usage = { inputTokens: 0, cachedTokens: 0, outputTokens: 0 }

/** Where an answer came from. Enough to repeat or to distrust it. */
const Provenance = z.object({
  provider: z.string(),
  model: z.string(),
  promptVersion: z.string(),
  /** Other types that the same call asked about: 0 when it was asked about alone. */
  packedWith: z.int().nonnegative().default(0),
  definitionHash: z.string(),
  contentKey: z.string(),
  scanId: z.string(),
  /** Id of the worker that got the answer; null in an imported row that does not name one. */
  worker: z.string().nullable().default(null),
  /** Number of the attempt that paid for the answer; null when no attempt did, as for an unclaimed batch answer. */
  attempt: z.int().positive().nullable().default(null),
  inferredAt: z.iso.datetime(),
  /** When the scan began that looked at the definition. An old answer to a definition that is back is current. */
  asOf: z.iso.datetime().optional(),
  durationMs: z.int().nonnegative(),
  usage: Usage,
  /** The definition had to be cut to the token budget. */
  truncated: z.boolean(),
})
type Provenance = z.infer<typeof Provenance>

/** What a person says of a type instead of the model. Kept apart from the rows, so that it survives re-scans. */
export const CapabilityOverride = z.object({
  /** Name of the token it was set with. */
  by: z.string(),
  at: z.iso.datetime(),
  note: z.string().nullable(),
  /** Goes before the inferred answer, field by field. */
  fields: InferredCapability.partial(),
})
export type CapabilityOverride = z.infer<typeof CapabilityOverride>

/** One row of the catalog: facts from the API server, the inferred answer, and its provenance. */
export const Capability = z.object({
  /** UUIDv5 of cluster, group and kind: the same type is the same row for ever. */
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
  /** As `kubectl get -o wide` prints them, the name first. Empty in rows of older versions. */
  printerColumns: z.array(PrinterColumn).default([]),
  ...InferredCapability.shape,
  /** False as well once a person has looked and overridden something. */
  lowConfidence: z.boolean(),
  /** Why the answer is not trusted: text that looks like an attempt to instruct the model. Caps the confidence. */
  suspicions: z.array(Suspicion).default([]),
  /** Set when a person has corrected the answer; `inferred` is what the model says of the same fields. */
  override: CapabilityOverride.extend({ inferred: InferredCapability.partial() })
    .nullable()
    .default(null),
  /** The definition has changed, or the type was gone, since this was inferred. */
  stale: z.boolean(),
  provenance: Provenance,
})
export type Capability = z.infer<typeof Capability>
