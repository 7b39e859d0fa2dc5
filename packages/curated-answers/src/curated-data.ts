import { z } from 'zod'
import { COMPLEXITIES } from '@capstan/shared/contract/choice-names'
import { InferredCapability } from '@capstan/shared/contract/inferred-capability'

const Phrase = z.string().trim().min(1).max(80)
const Phrases = z.array(Phrase)
const Sentences = z.string().trim().min(20).max(400)
/** Path of a field without list indexes: `spec.containers.image`. */
const FieldPath = z.string().regex(/^[A-Za-z$_][\w$-]*(?:\.[\w$-]+)*$/)
const Scope = z.enum(['Namespaced', 'Cluster'])

/** The published definitions that the rows of a file were checked against. */
const Source = z.strictObject({ repository: z.string().min(1), version: z.string().min(1) })

/** Data of a definition that a row was checked against. `scripts/curated-facts.ts` writes it. */
export const TypeFacts = z.strictObject({
  group: z.string(),
  kind: z.string().min(1),
  plural: z.string().min(1),
  scope: Scope,
  versions: z.array(z.string()).min(1),
  /** The outline that Capstan makes of the definition. Another hash: read the definition again. */
  outlineHash: z.string().regex(/^[0-9a-f]{64}$/),
  /** The fields that the row names, with their types. */
  fields: z.record(FieldPath, z.string()),
})
export type TypeFacts = z.infer<typeof TypeFacts>

/** The curated answer about one type. */
export const CuratedRow = z.strictObject({
  /** `plural.group`, or the plural of a core type. */
  type: z.string().min(1),
  capabilities: Phrases.min(1).max(8),
  providers: Phrases.max(8),
  abstractions: Phrases.max(6),
  complexity: InferredCapability.shape.complexity,
  description: Sentences,
  useCase: Sentences,
  confidence: z.number().min(0.6).max(0.95),
  searchPhrases: Phrases.min(3).max(10),
  /** The fields that the row is based on. Empty for a type without a schema. */
  fields: z.array(FieldPath).max(8),
  facts: TypeFacts,
})
export type CuratedRow = z.infer<typeof CuratedRow>

/** The rows of one project. */
export const ProjectFile = z.strictObject({ source: Source, rows: z.array(CuratedRow) })
export type ProjectFile = z.infer<typeof ProjectFile>

/** The text about one kind of a service, beside that about the service. */
export const KindText = z.strictObject({
  /** Clearer words for the kind than its name: `saved query` for `Definition`. */
  words: Phrase.optional(),
  /** The product that the kind belongs to, where the API group holds several: `Amazon VPC` in the group of EC2. */
  service: Phrase.optional(),
  capabilities: Phrases.min(1).max(3).optional(),
  /** Replaces the use case of the service. */
  useCase: z.string().trim().min(20).max(300).optional(),
  searchPhrases: Phrases.min(1).max(5).optional(),
})
export type KindText = z.infer<typeof KindText>

/** The curated text about one service. It applies to all types of an API group. */
export const ServiceRow = z.strictObject({
  group: z.string().min(1),
  service: Phrase,
  /** The name of the service at the start of its kinds, where group and service spell it otherwise. */
  kindPrefix: z.string().optional(),
  /** Plurals of the kinds that give what the service gives. The others only configure it or belong to it. Without it: all kinds. */
  mainKinds: z.array(z.string()).min(1).optional(),
  capabilities: Phrases.min(1).max(3),
  abstractions: Phrases.max(3),
  description: z.string().trim().min(20).max(300),
  useCase: z.string().trim().min(20).max(300),
  searchPhrases: Phrases.min(2).max(5),
  /** By plural. */
  kindTexts: z.record(z.string(), KindText).optional(),
  confidence: z.number().min(0.6).max(0.95),
  /** Kinds by plural. A kind of another name at a known plural gets no answer. */
  facts: z.strictObject({
    versions: z.array(z.string()).min(1),
    kinds: z.record(z.string(), z.string()),
  }),
})
export type ServiceRow = z.infer<typeof ServiceRow>

/** The services of one family of generated types: one API group for each service. */
export const FamilyFile = z.strictObject({
  source: Source,
  /** Providers of every type of the family. */
  providers: Phrases.min(1),
  complexity: z.enum(COMPLEXITIES),
  scope: Scope,
  /** Kinds begin with the name of their service: `BigQueryDataset`. */
  kindsNameService: z.boolean(),
  /** The end of the API groups, and that of a second set of groups with the same kinds, namespaced. */
  namespacedGroups: z.strictObject({ end: z.string(), twinEnd: z.string() }).optional(),
  services: z.array(ServiceRow),
})
export type FamilyFile = z.infer<typeof FamilyFile>

export const CuratedFile = z.union([ProjectFile, FamilyFile])
export type CuratedFile = z.infer<typeof CuratedFile>

/** The version of the data, and the API groups of each file. `scripts/curated-index.ts` writes it. */
export const DataIndex = z.strictObject({
  version: z.string().regex(/^[0-9a-f]{12}$/),
  files: z.record(z.string(), z.array(z.string())),
})
export type DataIndex = z.infer<typeof DataIndex>
