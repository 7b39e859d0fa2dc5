import { z } from 'zod'
import { COMPLEXITIES } from './choice-names.ts'

const MAX_CHARACTERS = 600
const Phrase = z.string().trim().min(1).max(120)

/** Schema of the answer of a model about one type. Its descriptions are part of the prompt: a change invalidates all content keys. */
export const InferredCapability = z.object({
  capabilities: z
    .array(Phrase)
    .min(1)
    .max(12)
    .describe('Short noun phrases for what the type lets a user do, most important first.'),
  providers: z
    .array(Phrase)
    .max(12)
    .describe('Clouds, vendors or projects it works with; empty when it is independent of any.'),
  abstractions: z
    .array(Phrase)
    .max(12)
    .describe('Complexity it hides from the user, such as high availability or scheduling.'),
  complexity: z
    .enum(COMPLEXITIES)
    .describe('How hard it is to use: low stands alone, high needs many other resources.'),
  description: z.string().trim().min(1).max(MAX_CHARACTERS).describe('One or two plain sentences.'),
  useCase: z.string().trim().min(1).max(MAX_CHARACTERS).describe('When to use the type.'),
  confidence: z.number().min(0).max(1).describe('How well the definition supports this answer.'),
  searchPhrases: z
    .array(Phrase)
    .max(10)
    .describe('Phrases that a user types who needs the type and does not know its name.'),
})
export type InferredCapability = z.infer<typeof InferredCapability>

/**
 * Schema of an answer from any source. A definition states no use case, so a rule-based answer has none, nor has a curated answer
 * about a kind that only belongs to its service.
 */
export const CapabilityAnswer = InferredCapability.extend({
  useCase: z
    .string()
    .trim()
    .max(MAX_CHARACTERS)
    .describe('When to use the type; empty in a rule-based answer and in some curated answers.'),
})
export type CapabilityAnswer = z.infer<typeof CapabilityAnswer>
